"""What a handler gets: the person, the group they act in, the session, and the ways to answer.

A handler never sends: what it says is collected here and queued in the same unit of work. What it must know from outside
(is this person an admin of that chat? what is in that file?) it asks with :meth:`Scene.outside`; the dispatcher then undoes
the unit of work, asks, and runs the handler again with the answer at hand, so no network call is ever made
inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from telegram import Message, Update

from bot.delivery.files import Document
from bot.delivery.models import ConversationRow
from bot.delivery.outbox import Call
from bot.edge import pages
from bot.edge.draft import Draft
from bot.edge.notify import Notifier
from bot.edge.outside import NotKnownYet, Question, member_status
from bot.edge.place import About
from bot.edge.state import end, set_aside, step_mark
from bot.ui.screen import BELOW, Button, Screen, verb_of
from bot.ui.taps import Answered, Place, Tap, role_needed
from bot.ui.texts import Html, Texts
from ledger.db import Base
from ledger.errors import LedgerError, NotAllowed, NotFound
from ledger.groups import service as groups
from ledger.groups.models import ChatKind, Group, Member, Person
from ledger.groups.namesakes import Namesake, namesakes, without_balances
from ledger.groups.roles import Role, role_of
from ledger.money import InvalidAmount, parse_amount

T = TypeVar("T")


@dataclass
class Scene:
    """One update being handled: who, where, with what at hand, and what was said so far."""

    session: AsyncSession
    update: Update
    origin: int
    """The chat it came from, as Telegram numbers it now: a button of before an upgrade comes from the chat's old number."""
    person: Person
    maybe_group: Group | None
    maybe_member: Member | None
    chat_kind: ChatKind | None
    conversation: ConversationRow
    answers: dict[str, Any]
    """What is known from outside, by the name of its question."""
    bot_id: int
    bot_username: str
    services: Mapping[type, object]
    """What this process offers its rooms, such as a door to the outside: see :meth:`service`."""
    calls: list[Call] = field(default_factory=list)
    toasted: tuple[str, bool] | None = None
    error: Exception | None = None
    moved: bool = False
    """Whether what began in a group goes on in the person's private chat."""
    page_owner: int | None = None
    """Who opened the page that was tapped, in a group's chat: see ``edge/pages.py``."""
    secret: bool = False
    """Whether what was typed is neither kept nor left in the chat: see ``cards/typed_keys.py``."""
    namesakes: Mapping[int, Namesake] = field(default_factory=dict)
    """Members of one name, for who keeps money: see :func:`tell_apart`."""
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    """What to wake once all this is committed."""
    answered: Answered = Answered.HERE
    """Who reads the answer along, as what was tapped or typed declares."""
    tapped: tuple[About, int | None] | None = None
    """The row that was tapped, and its group."""
    draft: Draft | None = None
    """What the conversation that goes on here has been told so far."""
    conversations: list[ConversationRow] = field(default_factory=list)
    """What the person is in the middle of, here and where the answer went: written when the update is done."""
    _denied: bool = False
    """Whether the person was told that the bot can answer them in private only, and cannot yet."""

    def __post_init__(self) -> None:
        self.conversations.append(self.conversation)

    @property
    def topic(self) -> int | None:
        """The topic of the group's chat in which the person wrote or tapped."""
        message = self.update.effective_message
        in_topic = isinstance(message, Message) and message.is_topic_message and not self.moved
        return message.message_thread_id if isinstance(message, Message) and in_topic else None

    def in_topic(self) -> dict[str, Any]:
        """The parameters that send an answer to that topic."""
        return {} if self.topic is None else {"message_thread_id": self.topic}

    @property
    def group(self) -> Group:
        """The group they act in: the chat's, or in private the one they look at."""
        if self.maybe_group is None:
            raise NotFound("group", self.chat_id)
        return self.maybe_group

    @property
    def member(self) -> Member:
        """Their membership of that group."""
        if self.maybe_member is None:
            raise NotAllowed("member")
        return self.maybe_member

    @property
    def texts(self) -> Texts:
        """The person's language, with the group's currency and time zone; members of one name told apart."""
        group, language = self.maybe_group, self.person.language
        if group is None:
            return Texts(language)
        told_apart = self.namesakes
        if not self.among_coordinators and self.answered is Answered.HERE:
            told_apart = without_balances(told_apart)
        return Texts(language, group.time_zone, group.currency, told_apart)

    def texts_for(self, language: str) -> Texts:
        """Another reader's language in the same group."""
        group = self.maybe_group
        return Texts(language, group.time_zone, group.currency) if group else Texts(language)

    @property
    def chat_id(self) -> int:
        """The Telegram chat the update came from, or the private one where :meth:`go_where_answered` went on."""
        return self.person.id if self.moved else self.origin

    @property
    def is_private(self) -> bool:
        """Whether that is the person's private chat with the bot."""
        return self.chat_id == self.person.id

    @property
    def among_coordinators(self) -> bool:
        """Whether only coordinators read what is answered here."""
        return self.is_private or self.chat_kind is ChatKind.COORDINATORS

    @property
    def place(self) -> Place:
        """The kind of chat it came from."""
        if self.is_private:
            return Place.PRIVATE
        return Place.COORDINATORS if self.among_coordinators else Place.MEMBERS

    @property
    def is_on_others_page(self) -> bool:
        """Whether the tapped page is one that somebody else opened: then nothing is done, one's own page opens."""
        return self.page_owner not in (None, self.person.id)

    def leaves_others_page(self) -> bool:
        """:attr:`is_on_others_page`, and it is said over the button that nothing was done."""
        if self.is_on_others_page:
            self.toast(self.texts.label("Nothing was done: that page is a colleague's. Yours is below."))
        return self.is_on_others_page

    @property
    def command_text(self) -> str:
        """What follows the command in the message."""
        message = self.update.effective_message
        text = (message.text or "") if message else ""
        _, _, rest = text.partition(" ") if text.startswith("/") else ("", "", text)
        return rest.strip()

    @property
    def typed(self) -> str:
        """The message's text."""
        message = self.update.effective_message
        return (message.text or "").strip() if message else ""

    @property
    def typed_amount(self) -> int | None:
        """The message's text as an amount in cents, 0 or more; none where it is no amount."""
        try:
            return parse_amount(self.typed, currency=self.group.currency)
        except InvalidAmount:
            return None

    def service(self, kind: type[T]) -> T:
        """What this process has of a kind."""
        found = self.services[kind]
        assert isinstance(found, kind)
        return found

    def outside(self, name: str, question: Question[T]) -> T:
        """The answer to a question to the outside, asked once for an update; see :class:`NotKnownYet`.

        ``name``: tells the handler's questions apart. What the answer raises of the ledger's errors is raised here.
        """
        if name not in self.answers:
            raise NotKnownYet(name, question)
        found = self.answers[name]
        if isinstance(found, LedgerError):
            raise found
        return cast(T, found)

    def status_in(self, chat_id: int) -> str:
        """What Telegram says of the person in a chat: see :func:`~bot.edge.outside.member_status`."""
        return self.outside(f"status in {chat_id}", member_status(chat_id, self.person.id))

    def attempt(self) -> AsyncSessionTransaction:
        """A part of the unit of work that is undone when it raises, for handlers that go on after a refusal."""
        return self.session.begin_nested()

    def say(self, screen: Screen) -> None:
        """A new message, where the answer belongs."""
        if self._may_answer():
            self._say(screen)

    def say_here(self, screen: Screen) -> None:
        """A new message in the chat it came from, for all who read there; before the answer goes elsewhere."""
        self._say(screen)

    def ask(self, screen: Screen, *, in_place: bool = False) -> None:
        """A screen whose answer is typed: a new message, or the tapped one."""
        answerable = self._to_answer(screen)
        if in_place:
            self.show(answerable)
        else:
            self.say(answerable)

    def _say(self, screen: Screen, collapse_key: str | None = None) -> None:
        parameters = self._for_reader(screen).as_json() | self.in_topic()
        self.calls.append(Call("sendMessage", self.chat_id, parameters, collapse_key=collapse_key))

    @property
    def _page_key(self) -> str:
        """In a group's chat a person looks at one page: an older one that waits to be shown was left by then."""
        return f"page:{self.chat_id}:{self.person.id}"

    def _for_reader(self, screen: Screen) -> Screen:
        """In private without the buttons that the reader's role does not allow; in a group's chat, this person's page."""
        if not self.is_private:
            return pages.owned(screen, self.person.id)
        role = max(role_of(self.maybe_member), Role.MEMBER)
        return screen.with_rows(
            [one for one in row if one.data is None or role_needed(verb_of(one.data)) <= role]
            for row in screen.rows
        )

    def send_file(self, document: Document, caption: Html) -> None:
        """A file with a caption, as a new message where the answer belongs."""
        if not self._may_answer():
            return
        parameters = {"caption": caption, "parse_mode": "HTML"} | self.in_topic()
        self.calls.append(Call("sendDocument", self.chat_id, parameters, document=document))

    def show(self, screen: Screen) -> None:
        """The tapped message becomes this screen, where the answer belongs there.

        A new message where nothing was tapped, or the tapped one stays: a receipt, or the page of somebody else.
        """
        if not self._may_answer():
            return
        query = self.update.callback_query
        stays = query is not None and (query.data or "").startswith(BELOW)
        if query is not None and self.is_on_others_page and self.chat_id == self.origin:
            self.toasted = self.toasted or (
                self.texts.label("That page is a colleague's. Yours is below."),
                False,
            )
            stays = True
        # The messages of a chat that was upgraded stayed behind, so one of them cannot be edited.
        if query is None or query.message is None or stays or query.message.chat.id != self.chat_id:
            self._say(screen, None if self.is_private else self._page_key)
            return
        message_id = query.message.message_id
        parameters = {"message_id": message_id, **self._for_reader(screen).as_json()}
        key = f"edit:{self.chat_id}:{message_id}" if self.is_private else self._page_key
        self.calls.append(Call("editMessageText", self.chat_id, parameters, collapse_key=key))

    @property
    def notify(self) -> Notifier:
        """Tells others in the group they act in."""
        return self.notify_in(self.group)

    def notify_in(self, group: Group) -> Notifier:
        """Tells people of a group that the person need not act in."""
        here = self.chat_id if self._answers_here else self.person.id
        return Notifier(self.session, group, self.calls, here=here)

    async def go_where_answered(self) -> bool:
        """Goes on where only those read along who may: here, or in the private chat, about the same group.

        False when that chat was never opened; the person is told how to.
        """
        if self._answers_here:
            return True
        if not self._can_go_private():
            return False
        self.person.group_id = self.group.id
        self.conversation = await set_aside(self.session, self.person.id, self.person.id)
        self.conversations.append(self.conversation)
        end(self.conversation)
        self.moved = True
        return True

    @property
    def _answers_here(self) -> bool:
        """Whether everybody who reads this chat may read the answer."""
        if self.is_private or self.answered is Answered.HERE:
            return True
        return self.answered is Answered.DISCREETLY and self.among_coordinators

    def _may_answer(self) -> bool:
        """Whether there is a chat to answer in; from now on the private one where the answer is not for this chat."""
        if self._answers_here:
            return True
        if not self._denied and self._can_go_private():
            self.person.group_id = self.group.id
            self.moved = True
            return True
        self._denied = True
        return False

    def _can_go_private(self) -> bool:
        """Whether the bot may write to the person alone; a word here says where the answer is, or what to do."""
        if self.person.is_reachable:
            if self.update.callback_query is not None:
                self.toasted = self.toasted or (self.texts.label("I answered you in private."), False)
            else:
                self._say(Screen(self.texts.t("{name}, I answered you in private.", name=self.person.name)))
            return True
        text = self.texts.t(
            "{name}, I can only answer you in private. Open our chat first:", name=self.person.name
        )
        url = self.deep_link(f"o_{self.group.invitation}")
        self._say(Screen(text, ((Button(self.texts.label("Open the chat"), url=url),),)))
        return False

    async def follow(self, table: type[Base], row_id: int) -> None:
        """Acts in the group that a button's row belongs to: in private any of the person's, in a group's chat that one."""
        tapped, group_id = self.tapped or (None, None)
        if tapped != About(table, row_id):
            group_id = await groups.group_of(self.session, table, row_id)
        if group_id is not None and (self.maybe_group is None or self.maybe_group.id != group_id):
            await self.act_in(group_id)

    async def act_in(self, group_id: int) -> None:
        """Looks at another of one's groups, in private. Raises :class:`NotAllowed` for one that is not one's own."""
        member = await groups.member_of(self.session, group_id, self.person.id) if self.is_private else None
        if member is None:
            raise NotAllowed("member")
        self.maybe_group, self.maybe_member = await groups.get_group(self.session, group_id), member
        self.person.group_id = group_id
        await tell_apart(self)

    def step_button(self, text: str, tap: Tap, *, style: str | None = None) -> Button:
        """A button of the conversation's coming step, for this person: the handler that shows it returns a state."""
        return Button(text, data=tap.data_of_step(step_mark(self.conversation, 1)), style=style)

    def keep(self, draft: Draft) -> None:
        """Begins the draft of a conversation, in the group that the person acts in."""
        draft.group = self.maybe_group.id if self.maybe_group else None
        self.draft = draft

    def say_old(self) -> None:
        """Says over the button that it is old; nothing else happens."""
        self.toast(
            self.texts.label("This button was used already or is no longer valid. Nothing was done twice.")
        )

    def _to_answer(self, screen: Screen) -> Screen:
        """A screen whose answer is typed: in a group, Telegram gives a bot only what replies to it."""
        if self.is_private:
            return screen
        hint = self.texts.t("(In this chat, answer by replying to this message.)")
        return Screen(f"{screen.text}\n{hint}", screen.rows)

    def toast(self, text: str, *, alert: bool = False) -> None:
        """A short word over the tapped button."""
        self.toasted = (text[:200], alert)

    def deep_link(self, payload: str) -> str:
        """The link that opens the private chat and sends ``/start payload``."""
        return f"https://t.me/{self.bot_username}?start={payload}"


async def tell_apart(scene: Scene) -> None:
    """Whoever keeps money reads which of two members of one name is meant; others need not know."""
    has_role = role_of(scene.maybe_member) >= Role.TREASURER
    scene.namesakes = (
        await namesakes(scene.session, scene.maybe_group.id) if scene.maybe_group and has_role else {}
    )
