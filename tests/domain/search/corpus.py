"""Articles as a helpdesk has them, of our own making: any number, always the same, each with what tells it from others.

A word is the rarer the further back it stands in its list, as in real texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_THINGS = """
password mailbox invoice printer calendar account server certificate firewall domain license backup folder
attachment signature newsletter router database report template widget password-reset plugin webhook invoice-
number dashboard spreadsheet contact gateway voucher scanner monitor subscription refund headset keyboard
translation archive export import webcam projector storefront
"""
_ACTIONS = """
reset change restore delete create rename move share print export import schedule renew cancel configure
install update remove migrate merge archive encrypt forward block unlock duplicate approve publish synchronize
verify calibrate escalate compress throttle federate
"""
_PLACES = """
windows android outlook thunderbird chrome firefox linux iphone ipad safari sharepoint exchange ubuntu debian
azure kubernetes docker nginx apache postfix dovecot sendmail zimbra roundcube
"""
_TROUBLES = """
error timeout freeze crash loop delay duplicate conflict warning refusal blank garbled missing truncated
corrupt unauthorized unreachable overheating flickering stuttering mismatched orphaned unsigned expired
"""
_FILLERS = """
please open the settings page and choose an entry from the list before you go on because changes take a moment
to reach every server so wait until it says done if nothing happens sign out and sign in again then try once
more your administrator can do this for the whole company when more people are affected keep a copy of what
you had in case something goes wrong our team answers questions on working days between nine and five note
that older versions show another menu but the steps are the same
"""
_SYLLABLES = """
ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo bru cra dro fle gri
"""

THINGS, ACTIONS, PLACES, TROUBLES, FILLERS, SYLLABLES = (
    listed.split() for listed in (_THINGS, _ACTIONS, _PLACES, _TROUBLES, _FILLERS, _SYLLABLES)
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An article, and what somebody who knows it might type to find it again."""

    subject: str
    body: str
    keywords: str
    queries: tuple[str, ...]


def _rare(random: Random, words: list[str]) -> str:
    """Return a word, those in front more often."""
    return words[int(len(words) * random.random() ** 2)]


def _name(random: Random, number: int) -> str:
    """Return a product's name that few articles share."""
    return "".join(random.choice(SYLLABLES) for _ in range(2)) + "".join(
        SYLLABLES[number // 24**place % 24] for place in range(2)
    )


def samples(count: int, *, seed: int = 1) -> Iterator[Sample]:
    """Make articles; the first of a larger number are those of a smaller one."""
    random = Random(seed)  # noqa: S311 - texts, not secrets
    for number in range(count):
        action, thing, place = _rare(random, ACTIONS), _rare(random, THINGS), _rare(random, PLACES)
        trouble, name, code = _rare(random, TROUBLES), _name(random, number), f"E{random.randrange(10_000):04d}"
        subject = random.choice(
            (
                f"How to {action} the {thing} in {place}",
                f"{thing.capitalize()} {trouble} after you {action} it on {place}",
                f"{name.capitalize()}: {action} a {thing}",
                f"{place.capitalize()} shows {trouble} when you {action} a {thing}",
            )
        )
        sentences = [
            f"This is about the {thing} of {name} on {place}.",
            f"To {action} it, start {name} and look for code {code}.",
            f"A {trouble} may follow; then {_rare(random, ACTIONS)} the {_rare(random, THINGS)} first.",
        ]
        for _ in range(random.randrange(3, 12)):
            filler = [_rare(random, FILLERS) for _ in range(random.randrange(6, 14))]
            filler[random.randrange(len(filler))] = _rare(random, THINGS)
            filler[random.randrange(len(filler))] = _rare(random, ACTIONS)
            sentences.append(" ".join(filler).capitalize() + ".")
        body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
        queries = (
            f"{name} {action} {thing}",
            f"how do I {action} my {thing} with {name}",
            f'"{action} it" {name} {place}',
            f"{code} {thing}",
            f"{name[:6]}* {thing} {trouble}",
            subject,
        )
        yield Sample(subject, body, f"{name} {code}" if number % 3 == 0 else "", queries)
