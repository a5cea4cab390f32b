"""What was compared, and how it is told: as text, as JSON, as JUnit's XML."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from lxml import etree

from .comparing import Difference

MOST_CALLS = 1_000
"""Differing calls whose differences a report names."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A call that was compared. `problem`: why it could not be, in a sentence; `source`: its recording, "" for none."""

    name: str
    at: str
    seconds: float
    differences: Sequence[Difference] = ()
    problem: str = ""
    source: str = ""

    @property
    def is_alike(self) -> bool:
        """Whether it was compared and nothing differs."""
        return not self.differences and not self.problem

    def text(self) -> str:
        """Return it as lines."""
        head = f"{self.name} {self.source or self.at}"
        if self.is_alike:
            return f"same: {head}"
        said = [self.problem] if self.problem else map(str, self.differences)
        return "\n".join([f"DIFFERS: {head}", *(f"  {line}" for line in said)])


@dataclass(slots=True)
class Report:
    """All that was compared. `title`: with what. `keeps_all`: calls that are alike are kept too, not only counted."""

    title: str
    keeps_all: bool = False
    checked: list[Checked] = field(default_factory=list)
    alike: int = 0
    differing: int = 0
    too_long: int = 0

    def add(self, one: Checked) -> None:
        """Add a call."""
        if one.is_alike:
            self.alike += 1
        else:
            self.differing += 1
        if self.keeps_all or (not one.is_alike and len(self.checked) < MOST_CALLS):
            self.checked.append(one)

    def summary(self) -> str:
        """Return a line that says it all."""
        more = f", {self.too_long} too long to compare" if self.too_long else ""
        return f"{self.alike + self.differing} calls compared with {self.title}: {self.differing} differ{more}"

    def as_json(self) -> str:
        """Return it as JSON."""
        told = {
            "compared_with": self.title,
            "calls": self.alike + self.differing,
            "differing": self.differing,
            "too_long": self.too_long,
            "differences": [asdict(one) for one in self.checked if not one.is_alike],
        }
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"

    def as_junit(self) -> bytes:
        """Return it as JUnit's XML: a test case a call."""
        suite = etree.Element("testsuite", name="smartertrack-emu replay", tests=str(len(self.checked)))
        suite.set("failures", str(sum(bool(one.differences) for one in self.checked)))
        suite.set("errors", str(sum(bool(one.problem) for one in self.checked)))
        suite.set("time", f"{sum(one.seconds for one in self.checked):.3f}")
        for one in self.checked:
            service, _, operation = one.name.partition(".")
            case = etree.SubElement(
                suite,
                "testcase",
                classname=_xml(service),
                name=_xml(f"{operation} {one.source}".strip()),
                time=f"{one.seconds:.3f}",
            )
            if one.problem:
                etree.SubElement(case, "error", message=_xml(one.problem))
            elif one.differences:
                failure = etree.SubElement(case, "failure", message=_xml(f"{len(one.differences)} differences"))
                failure.text = _xml("\n".join(map(str, one.differences)))
        root = etree.Element("testsuites")
        root.append(suite)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
