"""A day of the helpdesk in which everything happens that a history records (ours)."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.kinds import ItemKind, NoteKind
from smartertrack_emu.domain.models import OutgoingMail
from smartertrack_emu.domain.people import verification
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.timelogs import time_logs
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.tickets.steps import parts

MORNING = datetime(2024, 5, 1, 8, tzinfo=UTC)
DUE = datetime(2024, 5, 3, 9, 30, tzinfo=UTC)
ALICE, BOB, CAROL = 4, 5, 6
LEVEL_1, LEVEL_2, SALES_GROUP = 1, 2, 3
SEEDED_CHAT, WAITING_CHAT, SEEDED_CALL = 1, 2, 1
"""The seed file's."""

Item = tuple[ItemKind, int]


class Story:
    """What happens, a minute after the other; `items` are those it happens to, `numbers` their numbers."""

    def __init__(self, api: Api, attachments: Path) -> None:
        self.api = api
        self.attachments = attachments
        self.items: dict[str, Item] = {}
        self.numbers: dict[str, str] = {}
        self._clock = ExitStack()

    def tell(self) -> None:
        """Let the day pass."""
        with self._clock:
            self._clock.enter_context(clock.frozen(MORNING))
            self._tickets()
            self._properties()
            self._moves()
            self._chats()
            self._calls()
            self._tasks()
            self._people()

    def _did(self, answer: Any) -> Any:
        """A call's answer, which must be a success; the next thing happens a minute later."""
        assert answer.Result, answer.Message
        self._clock.enter_context(clock.shifted(timedelta(minutes=1)))
        return answer

    def _ticket(self, name: str, number: str) -> str:
        ticket = self.api.tickets("admin").GetTicketInfoByTicketNumber(number).Ticket
        self.items[name] = (ItemKind.TICKET, ticket.ID)
        self.numbers[number] = f"<{name}>"
        return number

    def _opened(self, name: str, **given: Any) -> str:
        data = {"senderEmailAddress": "customer@example.com", "subject": name, "body": "It burns.", **given}
        answer = self._did(self.api.tickets("alice").CreateIncomingTicket({"groupID": LEVEL_1, **data}))
        return self._ticket(name, str(answer.Ticket.TicketNumber))

    def _tickets(self) -> None:
        did, alice, mary = self._did, self.api.tickets("alice"), self.api.tickets("mary")
        answer = alice.CreateTicket(1, LEVEL_1, ALICE, "new@example.com", "Your order", "Coming.", False, True, False)
        outbound = self._ticket("outbound", str(did(answer).RequestResult))
        did(alice.AddMessageToTicket(outbound, "", "", "", "", "It left.", False, True, False))
        did(alice.AddMessageToTicket(outbound, "", "", "", "Re", "<p>Danke</p>", True, False, False))
        number = self._opened("conversation", agentID=BOB, followUpDate=DUE, followUpComment="Ring <them>")
        ticket = self.items["conversation"][1]
        for kind in ("Note", "Resolution", "TransferNote", "FollowUp"):
            did(alice.AddTicketNote(number, kind, f"A {kind} & more"))
        comment = next(part.PartId for part in parts(self.api, number) if part.Type == NoteKind.NOTE)
        did(alice.EditTicketNote(comment, number, "Resolution", "Other words"))
        did(alice.EditTicketNoteHTML(comment, outbound, "Note", "<b>Elsewhere</b>"))
        did(alice.AddTicketAttachment(number, 0, "Grüße & mehr.bin", b"four", 4, MORNING))
        did(alice.AddTicketTimeLog(ticket, "Fire", ALICE, 1, "Long", MORNING, MORNING + timedelta(minutes=95), True))
        did(alice.SetTicketCustomFields(number, ["Account=Ü 'quoted'", "Asset=Laptop [12]"]))
        did(alice.SetFollowUp(ticket, DUE + timedelta(days=1), 0, 0, "Waiting", True, "Later"))
        did(alice.RemoveFollowUp(ticket))
        did(alice.SetFollowUp(ticket, DUE, LEVEL_2, ALICE, "", False, ""))
        did(alice.AddRelatedItem(number, outbound))
        did(alice.AddRelatedItem(number, f"chat:{SEEDED_CHAT}"))
        did(mary.AddRelatedItem(number, f"calllog:{SEEDED_CALL}"))
        did(alice.CloseTicket(number, "Put out"))
        did(mary.SetTicketProperties(number, ["TicketStatusID=4"]))
        did(mary.SetTicketProperties(number, ["TicketStatusID=1"]))
        did(mary.DeleteTicket(ticket))
        did(mary.SetTicketProperties(number, ["IsDeleted=False", "Subject=Back"]))

    def _properties(self) -> None:
        number = self._opened("properties", agentID=ALICE)
        for pair in (
            "BodyHTML=<p>a=b &amp; much more, so much that the sentence which tells of it is cut somewhere</p>",
            "CCAddress=a@x.example; B <b@x.example>",
            "CustomerEmailAddress=zoe@new.example",
            "DateOpenedUTC=2019-08-23T22:16:00",
            "DateReceivedUTC=8/23/2019 10:16:00 PM",
            "FileIDRawContent=77",
            "FromAddress=other@example.com",
            "IdleStartTimeUTC=2019-08-23T22:16:00Z",
            "IsIndexed=no",
            "IsPinnedToAgent=1",
            "IsSpam=TRUE",
            "ReplyCountIn=7",
            "ReplyCountOut=8",
            "Subject=New = better\tnow",
            "TicketPriorityID=4",
            "TicketStatusID=2",
            "ToAddress=support@acme.example",
            "ToCustomer=true",
            "UserID=5",
            "GroupID=2",
            "DepartmentID=2",
        ):
            self._did(self.api.tickets("admin").SetTicketProperties(number, [pair]))
        more = [
            "TicketPriorityID=1",
            "Subject=Short",
            "IsSpam=False",
            "IsDeleted=True",
            "DateDeletedUTC=2024-05-01T07:00:00Z",
        ]
        self._did(self.api.tickets("admin").SetTicketProperties(number, more))

    def _moves(self) -> None:
        did, api = self._did, self.api
        number = self._opened("moves", agentID=ALICE)
        did(api.tickets("alice").TransferTicket(number, LEVEL_2, 0, "Yours", "Waiting"))
        did(api.tickets("alice").TransferTicket(number, LEVEL_1, BOB, "", "Open"))
        did(api.tickets("bob").HandOffActiveTickets())
        did(api.tickets("alice").TransferTicket(number, LEVEL_1, ALICE, "", ""))
        queued = self._opened("queued", agentID=0, groupID=LEVEL_2)
        did(api.tickets("admin").SetTicketProperties(queued, ["UserID=4"]))

    def _chats(self) -> None:
        did, api, alice = self._did, self.api, self.api.chats("alice")
        with writing(api.engine) as session:
            chat = lifecycle.start(
                session, group_id=LEVEL_1, customer_name="Zoë", customer_email="zoe@example.com", agent_id=ALICE
            )
            lifecycle.send_file(session, self.attachments, chat, "Bild ü.png", b"12345")
            queued = lifecycle.start(session, group_id=LEVEL_1, customer_name="Visitor 8", agent_id=1)
            self.items["chat"], self.items["queued chat"] = (ItemKind.CHAT, chat.id), (ItemKind.CHAT, queued.id)
        chat_id, queued_id = self.items["chat"][1], self.items["queued chat"][1]
        self.items["seeded chat"] = (ItemKind.CHAT, SEEDED_CHAT)
        for kind in ("Note", "Resolution", "TransferNote", "FollowUp"):
            did(alice.AddChatNote(chat_id, kind, f"A {kind} & more"))
        note = items(alice.GetChatNotes(chat_id).Comments)[0]
        did(alice.EditChatNote(note.CommentId, chat_id, "Resolution", "Other words"))
        did(alice.SetChatCustomFields(chat_id, ['Account=It\'s "quoted"\\']))
        did(alice.AddChatTimeLog(chat_id, "Talk", ALICE, 1, "", MORNING, MORNING + timedelta(minutes=5), False))
        did(alice.TransferChat(chat_id, LEVEL_1, BOB, "Yours"))
        did(api.chats("bob").HandOffActiveChats())
        did(api.chats("admin").TransferChat(chat_id, SALES_GROUP, CAROL, ""))
        did(api.chats("admin").TransferChat(chat_id, LEVEL_1, 0, ""))
        did(api.chats("admin").CloseChatSession(chat_id))
        with writing(api.engine) as session:
            lifecycle.leave(session, session.get_one(Chat, queued_id))

    def _calls(self) -> None:
        did, calls = self._did, self.api.call_logs("alice")
        created = did(calls.CreateCallLog2(["Subject=A call", "GroupID=1", "UserID=4"]))
        call = int(created.CallLogId)
        self.items["call"], self.items["seeded call"] = (ItemKind.CALL_LOG, call), (ItemKind.CALL_LOG, SEEDED_CALL)
        did(calls.ModifyCallLog(call, ["Subject=Another", "PhoneNumber=+49 1"]))
        did(self.api.voip("alice").StoreCallRecording(call, None, "Anruf 1.wav", 0, True, b"123456"))
        with writing(self.api.engine) as session:
            ended = MORNING + timedelta(seconds=119)
            time_logs.add(session, SYSTEM, ItemKind.CALL_LOG, call, category_id=1, started_at=MORNING, ended_at=ended)
        did(self.api.call_logs("admin").DeleteCallLog(call))

    def _tasks(self) -> None:
        did, tasks = self._did, self.api.tasks("alice")
        did(tasks.CreateTask(["Subject=Call back"]))
        task = max(int(task.TaskID) for task in items(tasks.GetTasksByUser(ALICE).Tasks))
        self.items["task"] = (ItemKind.TASK, task)
        did(tasks.UpdateTask(task, ["Subject=Ring back", "Description=Soon", "TaskPriority=4"]))
        did(self.api.tasks("admin").DeleteTask(task))

    def _people(self) -> None:
        did, admin = self._did, self.api.organization("admin")
        dora = int(did(admin.CreateUser2("dora", "dora-pw", "dora@example.com", False, "Dora Ünal")).UserID)
        self.items["dora"], self.items["alice"] = (ItemKind.USER, dora), (ItemKind.USER, ALICE)
        did(admin.SetUsersProperties(dora, ["DisplayName=Dora", "Password=secret-pw", "Email=d@example.com"]))
        did(admin.SetUserCustomFields(dora, ["Plan=Pro"]))
        did(admin.AddRoleToUser(dora, 7))
        did(admin.RemoveRoleFromUser(dora, 7))
        did(admin.SendUserVerificationEmail(dora))
        with reading(self.api.engine) as session:
            said = session.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first() or ""
        with writing(self.api.engine) as session:
            token = said.partition("/Verify/")[2].split()[0]
            assert verification.verify(session, token) is verification.Outcome.VERIFIED
        did(self.api.voip("alice").SetAFKStatus(True))
        did(self.api.voip("alice").SetAFKStatus(False))
        did(admin.DeleteUser(dora))
        with writing(self.api.engine) as session:
            started = lifecycle.start(session, group_id=LEVEL_1, customer_name="Last", agent_id=ALICE)
            self.items["last chat"] = (ItemKind.CHAT, started.id)
        did(admin.DeleteUser(ALICE))
