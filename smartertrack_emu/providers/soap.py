"""Calling ASMX services elsewhere: zeep, over exchanges that end, of answers that are bounded.

The services are described by ourselves, for they are our own kind. A description of the other side's could send us
anywhere for parts of it, and take any time to understand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException
from io import BytesIO
from ssl import SSLCertVerificationError
from typing import Any

import zeep
import zeep.wsdl
from lxml import etree

from . import answers
from .answers import Answer, FaultError, NotUnderstoodError
from .exchange import Deadline, Reply, TooLongError, exchange, origin

_LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer. The longest that is asked for lists a few thousand agents."""

_LONGEST_SENTENCE = 300

_SETTINGS = zeep.Settings(raw_response=True)
"""zeep writes what is sent; answers are read by `answers`."""

Describe = Callable[[str], str]
"""Gives the WSDL of a service by its name, always the same."""


class NotAnsweredError(Exception):
    """A call that came to nothing; the message goes on from the other side's name: `cannot be reached`."""


class RefusedError(Exception):
    """The other side said no; the message is its own sentence."""


class Conversation:
    """All that is said to one installation on one occasion.

    `url`: where it is, without a trailing slash. `answer_seconds`: how long each answer may take, from the first byte
    sent to the last one received. `whole_seconds`: how long everything may take together. NotAnsweredError where `url`
    is no address.
    """

    def __init__(self, url: str, username: str, password: str, *, answer_seconds: float, whole_seconds: float) -> None:
        try:
            origin(url)
        except ValueError as error:
            raise NotAnsweredError("has an address that makes no sense") from error
        self.url = url
        self.credentials = (username, password)
        self._answer_seconds = answer_seconds
        self._whole_seconds = whole_seconds
        self._whole = Deadline.after(whole_seconds)

    def allow_one_more(self) -> None:
        """Allow for one more answer, whatever time is used up: for taking back what was said."""
        self._whole = Deadline.after(self._answer_seconds)

    def next_deadline(self) -> Deadline:
        """Return by when an answer must be there that is asked for now."""
        return min(Deadline.after(self._answer_seconds), self._whole)

    def lateness(self) -> str:
        """Say what took too long."""
        if self._whole.is_over:
            return f"took longer than {self._whole_seconds:g} seconds for everything"
        return f"did not answer within {self._answer_seconds:g} seconds"


class SoapService:
    """One service of another installation, as a user of it."""

    def __init__(self, conversation: Conversation, name: str, describe: Describe) -> None:
        self._conversation = conversation
        document = _understood(describe, name)
        binding = next(found for found in document.bindings if found.endswith("Soap"))
        self._operations = document.bindings[binding].all()
        client = zeep.Client(document, transport=_Transport(conversation), settings=_SETTINGS)
        self._service = client.create_service(binding, f"{conversation.url}/Services2/{name}.asmx")

    def call(self, operation: str, /, **values: Any) -> Answer:
        """Call an operation by its wire names and return its result; plain lists are wrapped.

        NotAnsweredError, RefusedError.
        """
        elements = dict(self._operations[operation].input.body.type.elements)
        sent = {name: _wrapped(elements[name], value) for name, value in values.items()}
        with _told(self._conversation):
            # A ValueError is ours: lxml refuses to write what XML cannot carry.
            reply: Reply = getattr(self._service, operation)(*self._conversation.credentials, **sent)
            answer = answers.read(reply.content, operation)
            if reply.status != HTTPStatus.OK:
                raise answers.NotUnderstoodError(str(reply.status))
        if not answer.is_true("Result"):
            raise RefusedError(_short(answer.text("Message")) or f"{operation} failed without a reason")
        return answer

    def ask(self, operation: str, member: str, /, **values: Any) -> Answer:
        """Call an operation and return a member of its result, which must be there."""
        found = self.call(operation, **values).member(member)
        if found is None:
            raise NotAnsweredError(f"says that {operation} succeeded, but gave no {member}")
        return found


@lru_cache
def _understood(describe: Describe, name: str) -> zeep.wsdl.Document:
    """Return a description as zeep understands it: a third of a second's work, so once a process."""
    return zeep.wsdl.Document(BytesIO(describe(name).encode()), transport=None, settings=_SETTINGS)


def _wrapped(element: Any, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    ((item, _),) = element.type.elements
    return {item: value}


@contextmanager
def _told(conversation: Conversation) -> Iterator[None]:
    """Turn whatever can go wrong into one sentence."""
    try:
        yield
    except TimeoutError as error:
        raise NotAnsweredError(conversation.lateness()) from error
    except SSLCertVerificationError as error:
        raise NotAnsweredError("shows a certificate that is not trusted") from error
    except OSError as error:
        raise NotAnsweredError("cannot be reached") from error
    except TooLongError as error:
        raise NotAnsweredError("answered more than is read") from error
    except FaultError as error:
        raise NotAnsweredError(f"answered with an error: {_short(str(error))}") from error
    except ValueError as error:
        raise NotAnsweredError("cannot be given the control characters in the ticket") from error
    except (NotUnderstoodError, HTTPException) as error:
        raise NotAnsweredError("answered something that is not understood") from error


def _short(sentence: str) -> str:
    return sentence.strip()[:_LONGEST_SENTENCE]


class _Transport:
    """The part of zeep's transport that it uses, without its log lines, which would hold passwords."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> Reply:
        """Send an envelope and return the reply, whatever its status."""
        body: bytes = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        due = self._conversation.next_deadline()
        return exchange("POST", address, due, largest=_LARGEST_ANSWER, body=body, headers=headers)
