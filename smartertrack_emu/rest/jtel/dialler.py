"""Campaigns of the dialler, their result codes, and their contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smartertrack_emu.domain import dates
from smartertrack_emu.domain.dialler import campaigns, contacts, importing
from smartertrack_emu.domain.dialler.contacts import LONGEST_NUMBER, PLACES, TEXTS
from smartertrack_emu.domain.dialler.importing import NewContact
from smartertrack_emu.rest.answering import Reply
from smartertrack_emu.rest.declaring import Operation, Parameter
from smartertrack_emu.rest.refusals import bad

from .call import Call
from .lists import list_parameters, read_asked
from .packing import done, listed, pack_result, recorded
from .records import DIALLER_CAMPAIGN, DIALLER_CONTACT, DIALLER_CONTACT_EXTENDED, DIALLER_RESULT_CODE

Values = Mapping[str, Any]

LONGEST_NAME = 64
_LARGEST = 2**31 - 1
_LIST_IS_WRONG = (400, "A list parameter cannot be read or is out of range")
_NO_INTEGER = (400, "The id is not an integer")
_NO_CAMPAIGN = (404, "Dialler campaign not found")
_NO_CONTACT = (404, "Dialler contact not found")
_CAMPAIGN = Parameter("DiallerCampaignsID", "path", "Integer", required=True, is_id=True)
_CONTACT = Parameter("DiallerContactsID", "path", "Integer", required=True, is_id=True)
_LANGUAGE = Parameter("languagesID", "query", "Integer", field="language", about="1: English, 2: German")


def list_campaigns(call: Call, values: Values) -> Reply:
    """List the campaigns of the client."""
    asked = read_asked(DIALLER_CAMPAIGN, values, call.zone)
    page = campaigns.page(call.session, call.reach, asked.wanted)
    return listed([call.pack(DIALLER_CAMPAIGN, row) for row in page.rows], values, page.total)


def get_campaign(call: Call, values: Values) -> Reply:
    """Return a campaign."""
    return _campaign(call, values["DiallerCampaignsID"])


def _campaign(call: Call, campaign_id: int) -> Reply:
    return recorded([call.pack(DIALLER_CAMPAIGN, campaigns.get(call.session, call.reach, campaign_id))])


def find_campaigns(call: Call, values: Values) -> Reply:
    """Find campaigns by a part of their name."""
    found = campaigns.named(call.session, call.reach, values["name"])
    return recorded([call.pack(DIALLER_CAMPAIGN, row) for row in found.rows])


def list_result_codes(call: Call, values: Values) -> Reply:
    """Return the result codes of a campaign."""
    found = campaigns.result_codes(call.session, call.reach, values["DiallerCampaignsID"], values["languagesID"])
    return recorded([pack_result(row, call.zone) for row in found])


def clone_campaign(call: Call, values: Values) -> Reply:
    """Copy a campaign without its contacts."""
    made = campaigns.clone(call.session, call.reach, values["source"], values["destination"], values["userData"])
    return _campaign(call, made)


def delete_campaign(call: Call, values: Values) -> Reply:
    """Delete a campaign with all that is its."""
    campaigns.remove(call.session, call.reach, values["DiallerCampaignsID"])
    return done()


def delete_campaign_by_name(call: Call, values: Values) -> Reply:
    """Delete the campaign with a whole name."""
    campaigns.remove(call.session, call.reach, campaigns.called(call.session, call.reach, values["name"]))
    return done()


def list_contacts(call: Call, values: Values) -> Reply:
    """List the contacts of the client or of a campaign."""
    campaign_id = values["diallerCampaignsID"]
    return call.listed(
        DIALLER_CONTACT, values, lambda wanted: contacts.page(call.session, call.reach, wanted, campaign_id)
    )


def get_contact(call: Call, values: Values) -> Reply:
    """Return a contact."""
    return _contact(call, values["DiallerContactsID"])


def _contact(call: Call, contact_id: int) -> Reply:
    return recorded([call.pack(DIALLER_CONTACT, contacts.get(call.session, call.reach, contact_id))])


def find_contacts(call: Call, values: Values) -> Reply:
    """Find contacts by their user data."""
    found = contacts.with_user_data(call.session, call.reach, values["userData"])
    return recorded([call.pack(DIALLER_CONTACT, row) for row in found.rows])


def get_contacts_batch(call: Call, values: Values) -> Reply:
    """Return the contacts that are named, with their results and tries."""
    found = contacts.some(
        call.session,
        call.reach,
        user_data=values["UserDataList"] or (),
        ids=values["IDList"] or (),
        language=values["languagesID"],
    )
    return recorded([call.pack(DIALLER_CONTACT_EXTENDED, row) for row in found])


def import_contact(call: Call, values: Values) -> Reply:
    """Import a contact."""
    given = {column: values[name] for name, column in _COLUMNS.items() if values[name] is not None}
    numbers = {place: number for place in PLACES if (number := values[f"PhoneNumber{place}"]) is not None}
    follow_up_at = values["FollowUpDateTime"]
    try:
        follow_up_at = None if follow_up_at is None else dates.to_utc(follow_up_at, call.zone)
    except ValueError as error:
        raise bad(f"FollowUpDateTime {error}") from None
    made = importing.import_contact(
        call.session,
        call.reach,
        NewContact(
            campaign_id=values["DiallerCampaignsID"],
            campaign_name=values["DiallerCampaignsName"],
            values=given,
            numbers=numbers,
            reserved_user=values["ReservedUsersUID"],
            follow_up_user=values["FollowUpUsersUID"],
            follow_up_at=follow_up_at,
            result_key=values["ResultCodesExportKey"],
            resets=values["ResetContact"],
        ),
        overwrites=values["overwriteDuplicates"],
    )
    return _contact(call, made)


def delete_contact(call: Call, values: Values) -> Reply:
    """Delete a contact with all that is its."""
    contacts.remove(call.session, call.reach, values["DiallerContactsID"])
    return done()


def delete_contact_by_user_data(call: Call, values: Values) -> Reply:
    """Delete the first contact with this user data."""
    contacts.remove_with_user_data(call.session, call.reach, values["userData"])
    return done()


def lock_contact(call: Call, values: Values) -> Reply:
    """Lock a contact: the dialler leaves it alone."""
    return _locked(call, values, is_locked=True)


def unlock_contact(call: Call, values: Values) -> Reply:
    """Unlock a contact."""
    return _locked(call, values, is_locked=False)


def _locked(call: Call, values: Values, *, is_locked: bool) -> Reply:
    contacts.set_locked(call.session, call.reach, values["DiallerContactsID"], is_locked=is_locked)
    return _contact(call, values["DiallerContactsID"])


_COLUMNS = {
    member.name: member.column
    for member in DIALLER_CONTACT.members
    if member.column in TEXTS or member.column in ("amount", "random_sort_order")
}
"""What is imported as it stands, by the members' names."""

_IMPORTED = (
    "UserData", "Client", "Service", "ReferenceNumber", "Name", "FirstName", "Salutation", "Title", "Company",
    "Address", "PostalCode", "City", "Country", "Region", "AccountOwner", "AccountBank", "AccountNationalBankCode",
    "AccountBIC", "AccountNumber", "AccountIBAN",
)  # fmt: skip
_IMPORTED_AFTER_NUMBERS = ("FaxNumber", "Email", "Website", "Comment", "ExternalSystemLink", "Model", "Tag")


def _text(name: str) -> Parameter:
    return Parameter(name, "body", required=name == "Name", longest=TEXTS[_COLUMNS[name]])


_IMPORT = (
    Parameter("overwriteDuplicates", "query", "Boolean", default=False),
    Parameter("DiallerCampaignsID", "body", "Integer", is_id=True, field="campaign_id", about="This, or the name"),
    Parameter("DiallerCampaignsName", "body", longest=LONGEST_NAME, field="campaign_name"),
    *map(_text, _IMPORTED),
    *(
        Parameter(
            f"PhoneNumber{place}",
            "body",
            longest=LONGEST_NUMBER,
            field="numbers" if place == 1 else "",
            about="At least one of the six",
        )
        for place in PLACES
    ),
    *map(_text, _IMPORTED_AFTER_NUMBERS),
    Parameter("Amount", "body", "Number"),
    Parameter("RandomSortOrder", "body", "Integer", range=(-_LARGEST - 1, _LARGEST)),
    Parameter("ReservedUsersUID", "body", field="reserved_user", about="A user name", longest=255),
    Parameter("FollowUpUsersUID", "body", field="follow_up_user", about="A user name", longest=255),
    Parameter("FollowUpDateTime", "body", "DateTime", about="yyyy-MM-dd HH:mm:ss, in the installation's time zone"),
    Parameter("ResultCodesExportKey", "body", field="result_key", longest=255),
    Parameter("ResetContact", "body", "Boolean", default=False, about="An overwritten contact starts anew"),
)

OPERATIONS = (
    Operation(
        "ListDiallerCampaigns",
        "GET",
        "dialler/campaigns",
        "List the campaigns of the client.",
        list_campaigns,
        "list",
        DIALLER_CAMPAIGN,
        list_parameters("Name"),
        errors=(_LIST_IS_WRONG,),
    ),
    Operation(
        "GetDiallerCampaign",
        "GET",
        "dialler/campaigns/{DiallerCampaignsID}",
        "Return one campaign.",
        get_campaign,
        "records",
        DIALLER_CAMPAIGN,
        (_CAMPAIGN,),
        aliases=(("GET", "dialler/campaigns/campaign/{DiallerCampaignsID}"),),
        errors=(_NO_INTEGER, _NO_CAMPAIGN),
    ),
    Operation(
        "FindDiallerCampaigns",
        "GET",
        "dialler/campaigns/campaign",
        "Find campaigns by a part of their name; nothing found is no error.",
        find_campaigns,
        "records",
        DIALLER_CAMPAIGN,
        (Parameter("name", "query", required=True),),
        errors=((400, "name is missing or empty"),),
    ),
    Operation(
        "ListResultCodes",
        "GET",
        "dialler/campaigns/campaign/{DiallerCampaignsID}/resultCodes",
        "Return the result codes of a campaign in a language.",
        list_result_codes,
        "records",
        DIALLER_RESULT_CODE,
        (_CAMPAIGN, _LANGUAGE),
        errors=((400, "A language that is not supported"), _NO_INTEGER, _NO_CAMPAIGN),
    ),
    Operation(
        "CloneDiallerCampaign",
        "POST",
        "dialler/campaigns/clone",
        "Copy a campaign without its contacts.",
        clone_campaign,
        "records",
        DIALLER_CAMPAIGN,
        (
            Parameter("source", "body", required=True, longest=LONGEST_NAME, about="The whole name"),
            Parameter("destination", "body", required=True, longest=LONGEST_NAME, about="A new name"),
            Parameter("userData", "body", longest=64, about="Left out: the source's"),
        ),
        errors=(
            (400, "source or destination is missing, empty or too long"),
            _NO_CAMPAIGN,
            (409, "Dialler campaign already exists"),
        ),
        writes=True,
    ),
    Operation(
        "DeleteDiallerCampaign",
        "DELETE",
        "dialler/campaigns/campaign/{DiallerCampaignsID}",
        "Delete a campaign with its contacts and result codes.",
        delete_campaign,
        "status",
        None,
        (_CAMPAIGN,),
        aliases=(("DELETE", "dialler/campaigns/{DiallerCampaignsID}"),),
        errors=(_NO_INTEGER, _NO_CAMPAIGN),
        writes=True,
    ),
    Operation(
        "DeleteDiallerCampaignByName",
        "DELETE",
        "dialler/campaigns/campaign",
        "Delete the campaign with this whole name.",
        delete_campaign_by_name,
        "status",
        None,
        (Parameter("name", "query", required=True),),
        errors=((400, "name is missing or empty"), _NO_CAMPAIGN),
        writes=True,
    ),
    Operation(
        "ListDiallerContacts",
        "GET",
        "dialler/contacts",
        "List the contacts of the client or of one campaign.",
        list_contacts,
        "list",
        DIALLER_CONTACT,
        (Parameter("diallerCampaignsID", "query", "Integer", is_id=True), *list_parameters("Name")),
        errors=(_LIST_IS_WRONG, _NO_CAMPAIGN),
    ),
    Operation(
        "GetDiallerContact",
        "GET",
        "dialler/contacts/{DiallerContactsID}",
        "Return one contact.",
        get_contact,
        "records",
        DIALLER_CONTACT,
        (_CONTACT,),
        aliases=(("GET", "dialler/contacts/contact/{DiallerContactsID}"),),
        errors=(_NO_INTEGER, _NO_CONTACT),
    ),
    Operation(
        "FindDiallerContacts",
        "GET",
        "dialler/contacts/contact",
        "Find contacts by their user data, compared exactly; nothing found is no error.",
        find_contacts,
        "records",
        DIALLER_CONTACT,
        (Parameter("userData", "query", required=True),),
        errors=((400, "userData is missing or empty"),),
    ),
    Operation(
        "GetDiallerContactsBatch",
        "POST",
        "dialler/contacts",
        "Return the contacts that are named, each once, with their results and tries; unknown ones are left out.",
        get_contacts_batch,
        "records",
        DIALLER_CONTACT_EXTENDED,
        (
            _LANGUAGE,
            Parameter("UserDataList", "body", "String[]", field="user_data_list"),
            Parameter("IDList", "body", "Integer[]", is_id=True, field="id_list"),
        ),
        errors=((400, "Both lists are left out or empty, there are too many entries, or one is wrong"),),
    ),
    Operation(
        "ImportDiallerContact",
        "POST",
        "dialler/contacts/import",
        "Import a contact into a campaign.",
        import_contact,
        "records",
        DIALLER_CONTACT,
        _IMPORT,
        errors=((400, "A value is missing, wrong or too long"), _NO_CAMPAIGN),
        writes=True,
    ),
    Operation(
        "DeleteDiallerContact",
        "DELETE",
        "dialler/contacts/contact/{DiallerContactsID}",
        "Delete a contact with its tries.",
        delete_contact,
        "status",
        None,
        (_CONTACT,),
        errors=(_NO_INTEGER, _NO_CONTACT),
        writes=True,
    ),
    Operation(
        "DeleteDiallerContactByUserData",
        "DELETE",
        "dialler/contacts/contact",
        "Delete the contact with this user data; of several the one with the lowest id.",
        delete_contact_by_user_data,
        "status",
        None,
        (Parameter("userData", "query", required=True),),
        errors=((400, "userData is missing or empty"), _NO_CONTACT),
        writes=True,
    ),
    Operation(
        "LockDiallerContact",
        "PATCH",
        "dialler/contacts/contact/{DiallerContactsID}/lock",
        "Lock a contact: the dialler leaves it alone.",
        lock_contact,
        "records",
        DIALLER_CONTACT,
        (_CONTACT,),
        aliases=(("POST", "dialler/contacts/contact/{DiallerContactsID}/lock"),),
        errors=(_NO_INTEGER, _NO_CONTACT),
        writes=True,
    ),
    Operation(
        "UnlockDiallerContact",
        "PATCH",
        "dialler/contacts/contact/{DiallerContactsID}/unlock",
        "Unlock a contact.",
        unlock_contact,
        "records",
        DIALLER_CONTACT,
        (_CONTACT,),
        aliases=(("POST", "dialler/contacts/contact/{DiallerContactsID}/unlock"),),
        errors=(_NO_INTEGER, _NO_CONTACT),
        writes=True,
    ),
)
