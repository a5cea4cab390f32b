"""The texts that templates have where nobody has written them anew: subject, body, whether it is HTML. Ours."""

from typing import Final

BUILT_IN: Final[dict[str, tuple[str, str, bool]]] = {
    "auto-close-ticket": (
        "[%TicketNumber%] %Subject%",
        (
            "Hello %CustomerName%,\n\nwe have not heard from you for a while, so your ticket %TicketNumber% has been "
            "closed. If there is more to say, simply answer this mail: that opens the ticket again.\n\n%Department%\n"
        ),
        False,
    ),
    "rejected-locked": (
        "[%TicketNumber%] %Subject%",
        (
            "Hello,\n\nticket %TicketNumber% is closed for good, so your mail was not added to it. Please write a new "
            "mail, without the number in its subject, to open a new ticket.\n\n%Department%\n"
        ),
        False,
    ),
    "rejected-requirements": (
        "Your mail was not accepted: %Subject%",
        (
            "Hello,\n\n%Department% opens tickets only for certain users, and your address is not that of one of them. "
            "Your mail was not read. Please register at %BaseUrl% or ask %Department% for access.\n"
        ),
        False,
    ),
    "rejected-policy": (
        "Your mail was not accepted: %Subject%",
        "Hello,\n\nby our policy we take no mail from your address. Your mail was not read.\n\n%Department%\n",
        False,
    ),
    "forgot-login": (
        "Your login at %ServerName%",
        (
            "Hello %CustomerName%,\n\nyou asked how you log in at %ServerName%. Your user name is %Username%.\n\n"
            "%BaseUrl%\n\nIf you did not ask, there is nothing you need to do.\n"
        ),
        False,
    ),
    "survey": (
        "How did we do? [%TicketNumber%] %Subject%",
        (
            "Hello %CustomerName%,\n\nyour ticket %TicketNumber% has been closed. Please tell us how we did:\n\n"
            "%SurveyUrl%\n\n%Department%\n"
        ),
        False,
    ),
    "ticket-list": (
        "Your tickets at %ServerName%",
        "Hello %CustomerName%,\n\nthese are your tickets:\n\n%TicketList%\n\n%BaseUrl%\n",
        False,
    ),
    "verify-email": (
        "%ServerName%: please verify your address",
        (
            "Hello %CustomerName%,\n\nplease open this page to show that %CustomerEmail% is your address at "
            "%ServerName%:\n\n%VerifyUrl%\n\nThe link works once, within 3 days. "
            "If you did not ask for it, there is nothing you need to do.\n"
        ),
        False,
    ),
    "auto-responder": (
        "[%TicketNumber%] %Subject%",
        "We have received your request. Its number is %TicketNumber%; please keep it in the subject when you write.",
        True,
    ),
    "group-alert": (
        "New ticket in %Group%: [%TicketNumber%] %Subject%",
        (
            "Ticket %TicketNumber% has come to group %Group% of %Department%.\n\n"
            "From: %CustomerName% <%CustomerEmail%>\nSubject: %Subject%\nAgent: %Agent%\n"
        ),
        False,
    ),
    "event-notification": (
        "%EventTitle% %TicketNumber% %Subject%",
        (
            "%EventTitle%\n\nTicket: %TicketNumber% %Subject%\nCustomer: %CustomerName% %CustomerEmail%\n"
            "Department: %Department%, group: %Group%, agent: %Agent%\n"
        ),
        False,
    ),
    "error-notification": (
        "%ServerName%: an error was logged",
        "%ServerName% has logged this error:\n\n%Error%\n",
        False,
    ),
    "report": (
        "%ReportTitle%",
        "%ReportTitle%, from %From% to %To%.\n",
        False,
    ),
}
"""In the order of the documentation."""

OWN_VARIABLES: Final[dict[str, tuple[str, ...]]] = {
    "ticket-list": ("TicketList",),
    "event-notification": ("EventTitle",),
    "error-notification": ("Error",),
    "report": ("ReportTitle", "From", "To"),
}
"""What single templates may ask for beside what all may."""
