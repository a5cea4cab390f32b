"""What holds for the whole installation: its name, custom fields, categories of time logs."""

from __future__ import annotations

from smartertrack_emu.domain.customfields import fields
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.timelogs.categories import time_log_categories
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.results import StringRequestResult

from .service import organization
from .types import (
    CustomFieldInfo,
    CustomFieldInfoArrayResult,
    TimeLogCategoryInfo,
    TimeLogCategoryInfoArrayResult,
)


@organization.operation()
def GetServerName(call: Call) -> StringRequestResult:
    """Return the installation's name, as other installations show it when tickets are handed over."""
    return StringRequestResult(RequestResult=installation.server_name(call.session))


@organization.operation()
def GetAllCustomFields(call: Call) -> CustomFieldInfoArrayResult:
    """List all custom fields."""
    defined = [
        CustomFieldInfo(
            DataType=field.data_type,
            DefaultValue=field.default_value,
            DisplayName=field.display_name,
            ID=field.id,
            IsGlobal=field.is_global,
            ValueOptions=list(field.options),
        )
        for field in fields.fields(call.session)
    ]
    return CustomFieldInfoArrayResult(CustomFields=defined)


@organization.operation()
def GetAllTimeLogCategories(call: Call) -> TimeLogCategoryInfoArrayResult:
    """List the categories of time logs."""
    categories = [
        TimeLogCategoryInfo(CategoryName=category.name, Description=category.description, ID=category.id)
        for category in time_log_categories(call.session)
    ]
    return TimeLogCategoryInfoArrayResult(TimeLogCategories=categories)
