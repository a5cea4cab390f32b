"""What holds for the whole installation: its name, custom fields, categories of time logs."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import StringRequestResult

from .service import organization
from .types import CustomFieldInfoArrayResult, TimeLogCategoryInfoArrayResult


@organization.operation()
def GetServerName(call: Call) -> StringRequestResult:
    """Return the installation's name, as other installations show it when tickets are handed over."""
    raise NotBuilt


@organization.operation()
def GetAllCustomFields(call: Call) -> CustomFieldInfoArrayResult:
    """List all custom fields."""
    raise NotBuilt


@organization.operation()
def GetAllTimeLogCategories(call: Call) -> TimeLogCategoryInfoArrayResult:
    """List the categories of time logs."""
    raise NotBuilt
