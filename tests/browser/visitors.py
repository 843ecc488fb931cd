"""Who opens pages: a tab of a browser, what went wrong in it, and somebody signed in."""

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Literal

from chalicelib.access.staff.model import StaffRole
from chalicelib.entrypoints.console.cookies import SESSION
from tests.browser.worlds import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

Scheme = Literal["light", "dark"]
NARROW, WIDE = 320, 1440
HEIGHT = 900
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = tuple(product(SCHEMES, (NARROW, WIDE)))


@dataclass
class Tab:
    """`went_wrong` is what the browser complained of since it was asked last: scripts, policy, what did not come."""

    page: "Page"
    address: str
    went_wrong: list[str] = field(default_factory=list)

    def open(self, path: str, *, status: int = 200) -> None:
        response = self.page.goto(f"{self.address}/console{path.rstrip('/')}", wait_until="load")
        assert response is not None
        assert response.status == status, (path, response.status, response.text()[:2000])

    def look(self, scheme: Scheme, width: int) -> None:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def complaints(self) -> list[str]:
        told, self.went_wrong[:] = list(self.went_wrong), []
        return told


@dataclass
class Visitors:
    """`tab` gives one in which a role is signed in; nobody is without one. The same tab is given again."""

    browser: "Browser"
    world: World
    address: str
    tabs: dict[tuple[StaffRole | None, str, bool], Tab] = field(default_factory=dict)
    contexts: "list[BrowserContext]" = field(default_factory=list)

    def tab(self, role: StaffRole | None, language: str = "en-GB", *, scripts: bool = True) -> Tab:
        wanted = role, language, scripts
        if wanted not in self.tabs:
            self.tabs[wanted] = self._opened(role, language, scripts=scripts)
        return self.tabs[wanted]

    def leave(self) -> None:
        for context in self.contexts:
            context.close()

    def _opened(self, role: StaffRole | None, language: str, *, scripts: bool) -> Tab:
        context = self.browser.new_context(locale=language, java_script_enabled=scripts)
        self.contexts.append(context)
        if role:
            context.add_cookies([{"name": SESSION, "value": self.world.session(role), "url": self.address}])
        tab = Tab(context.new_page(), self.address)
        tab.page.on("console", lambda message: _complain(tab, message))
        tab.page.on("pageerror", lambda error: tab.went_wrong.append(str(error)))
        tab.page.on("response", lambda response: _missed(tab, response))
        return tab


def _complain(tab: Tab, message: "ConsoleMessage") -> None:
    """htmx also tells of an answer that it gave up for a newer one; one that failed it calls a sendError besides."""
    if message.type in {"error", "warning"} and not message.text.startswith(GIVEN_UP):
        tab.went_wrong.append(message.text)


def _missed(tab: Tab, response: "Response") -> None:
    if response.status >= 400 and response.request.resource_type != "document":
        tab.went_wrong.append(f"{response.status} {response.url}")
