"""The sections about the rest of the desk: time log categories, the knowledge base, tasks, transfer servers."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.kb import (
    KBArticleCreated,
    KBArticleDeleted,
    KBArticleFlaggedForReview,
    KBArticleMarkedAsReviewed,
    KBArticleModified,
)
from smartertrack_emu.domain.events.tasks import TaskCreated, TaskDeleted
from smartertrack_emu.domain.kb.models import KbArticle, KbFolder, KbFolderRights
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.domain.structure.models import TransferServer
from smartertrack_emu.domain.tasks.models import Task
from smartertrack_emu.domain.timelogs.models import TimeLogCategory

from .catalogue import placed
from .format import ArticleEntry, FolderEntry, SeedDocument
from .format_items import TaskEntry
from .plan import Plan


def plan_time_log_categories(plan: Plan, document: SeedDocument) -> None:
    """Plan what time is spent on."""
    for entry, place in placed(document.time_log_categories, "time_log_categories"):
        category = TimeLogCategory(id=plan.ids.of(entry), name=entry.name, description=entry.description)
        plan.categories.add_unique(category, category.id, f"{place}.name", entry.name)
        plan.rows.append(category)


def plan_knowledge_base(plan: Plan, document: SeedDocument) -> None:
    """Plan folders and articles."""
    _plan_folders(plan, document.knowledge_base, "knowledge_base", None)


def _plan_folders(plan: Plan, folders: list[FolderEntry], place: str, parent: KbFolder | None) -> None:
    for order, (entry, where) in enumerate(placed(folders, place)):
        folder = KbFolder(
            id=plan.ids.of(entry),
            parent_id=None if parent is None else parent.id,
            name=entry.folder,
            is_private=entry.private,
            sort_order=order,
        )
        plan.rows.append(folder)
        _plan_folder_rights(plan, entry, where, folder)
        for article, at in placed(entry.articles, f"{where}.articles"):
            _plan_article(plan, article, at, folder)
        _plan_folders(plan, entry.folders, f"{where}.folders", folder)


def _plan_folder_rights(plan: Plan, entry: FolderEntry, place: str, folder: KbFolder) -> None:
    seen: set[int] = set()
    for rights, where in placed(entry.rights, f"{place}.rights"):
        role = plan.roles.find(rights.role, f"{where}.role")
        if role is None:
            continue
        if role.id in seen:
            plan.problems.add(f"{where}.role", "stands there twice")
            continue
        seen.add(role.id)
        plan.rows.append(
            KbFolderRights(
                folder_id=folder.id,
                role_id=role.id,
                may_create=rights.create,
                may_modify=rights.modify,
                may_delete=rights.delete,
                may_mark_reviewed=rights.mark_reviewed,
                may_view=rights.view,
            )
        )


def _plan_article(plan: Plan, entry: ArticleEntry, place: str, folder: KbFolder) -> None:
    author = plan.agent(ADMIN_ID if entry.created_by is None else entry.created_by, f"{place}.created_by")
    created = plan.when(entry.created, plan.now)
    modified = plan.when(entry.modified, created)
    plan.in_order(modified, created, f"{place}.modified")
    article = KbArticle(
        id=plan.ids.of(entry),
        folder_id=folder.id,
        subject=entry.subject,
        body=entry.body,
        summary=entry.summary,
        keywords=entry.keywords,
        language=entry.language,
        is_private=entry.private,
        is_draft=entry.draft,
        is_deleted=entry.deleted,
        is_flagged_for_review=entry.flagged_for_review,
        score=entry.score,
        score_votes=entry.votes,
        created_at=created,
        created_by_id=author.id if author else None,
        modified_at=modified,
        reviewed_at=plan.when_or_none(entry.reviewed),
        deleted_at=modified if entry.deleted else None,
    )
    plan.rows.append(article)
    happened: list[tuple[HelpdeskEvent, datetime]] = [(KBArticleCreated(article.id), created)]
    if modified > created:
        happened.append((KBArticleModified(article.id), modified))
    if entry.flagged_for_review:
        happened.append((KBArticleFlaggedForReview(article.id), modified))
    if article.reviewed_at is not None:
        happened.append((KBArticleMarkedAsReviewed(article.id), article.reviewed_at))
    if entry.deleted:
        happened.append((KBArticleDeleted(article.id), modified))
    for event, at in happened:
        plan.event(event, author, at)


def plan_tasks(plan: Plan, document: SeedDocument) -> None:
    """Plan tasks, when everything they can be about is known."""
    for entry, place in placed(document.tasks, "tasks"):
        _plan_task(plan, entry, place)


def _plan_task(plan: Plan, entry: TaskEntry, place: str) -> None:
    agent = plan.agent(entry.agent, f"{place}.agent")
    creator = agent if entry.created_by is None else plan.user(entry.created_by, f"{place}.created_by")
    creator = creator or plan.system()
    created = plan.when(entry.created, plan.now)
    task = Task(
        id=plan.ids.of(entry),
        subject=entry.subject,
        description=entry.description,
        priority=entry.priority,
        status=entry.status,
        agent_id=agent.id if agent else None,
        starts_at=plan.when_or_none(entry.start),
        due_at=plan.when_or_none(entry.due),
        reminder_minutes=entry.reminder_minutes,
        original_estimate=entry.original_estimate.amount if entry.original_estimate else None,
        original_estimate_unit=entry.original_estimate.unit if entry.original_estimate else None,
        remaining_estimate=entry.remaining_estimate.amount if entry.remaining_estimate else None,
        remaining_estimate_unit=entry.remaining_estimate.unit if entry.remaining_estimate else None,
        created_at=created,
        created_by_id=creator.id,
        modified_at=plan.when(entry.modified, created),
        deleted_at=plan.when_or_none(entry.deleted),
    )
    plan.in_order(task.due_at, task.starts_at, f"{place}.due")
    plan.in_order(task.deleted_at, created, f"{place}.deleted")
    if any(reference is not None for reference in (entry.ticket, entry.chat, entry.call_log)):
        item = plan.one_item(entry.ticket, entry.chat, entry.call_log, place)
        if item is not None:
            setattr(task, *item)
    plan.rows.append(task)
    plan.event(TaskCreated(task.id), creator, created)
    if task.deleted_at is not None:
        plan.event(TaskDeleted(task.id), creator, task.deleted_at)


def plan_transfer_servers(plan: Plan, document: SeedDocument) -> None:
    """Plan other installations."""
    for entry, place in placed(document.transfer_servers, "transfer_servers"):
        server = TransferServer(
            id=plan.ids.of(entry), name=entry.name, url=entry.url, username=entry.username, password=entry.password
        )
        plan.servers.add_unique(server, server.id, f"{place}.name", entry.name)
        plan.rows.append(server)
