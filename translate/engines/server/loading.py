"""From a model's name and a server's address to an engine."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from common.chat.addresses import parse_address
from common.chat.client import Client, ClientOptions
from common.errors import UsageError
from common.fetch.urls import show_url
from common.keys import read_key
from common.progress import SILENT, Progress
from common.secrets import SERVER_KEY
from translate.engines.server.bodies import Writer
from translate.engines.server.engine import ServerEngine
from translate.engines.server.errors import ServerError
from translate.engines.server.listing import Served, find_served, list_served, version_of
from translate.engines.server.options import ServerOptions
from translate.models.licences import licence_named
from translate.models.registry import HUB_PREFIX, load_registry
from translate.models.specs import Direction, HubSource, ModelSpec

AUTO: Final = "auto"


class ServerLoader:
    """Stands for a model behind a server where `translate.loading.ModelLoader` stands for one of this machine.

    Args:
        model: A name of the registry or of the hub, which tells how the model is asked; any other name is that of a
            model at the server, which gets the usual chat prompt; `auto` takes the one model that is served.
        options: Where the server is, and how it is asked.
        progress: Is told what the server cannot do.

    Raises:
        UsageError: The address is none, or the model is none for chats, or the key is none.
    """

    def __init__(self, model: str, options: ServerOptions, progress: Progress = SILENT) -> None:
        address = parse_address(options.url)
        if address is None:
            raise UsageError(
                f"{show_url(options.url)!r} is no address of a server",
                hint=f"Write http://HOST:PORT/v1; a secret goes into {SERVER_KEY}",
            )
        key = options.key or read_key(SERVER_KEY)
        how = ClientOptions(options.timeout, options.attempts, options.backoff, key)
        self._client = Client(address, how, purpose=f"ask the server at {address.url}")
        self._name = model.strip().removeprefix(HUB_PREFIX)
        self._known = _registered(self._name)
        if self._known and self._known.family != "chat":
            raise UsageError(
                f"{self._known.name} is no chat model, and servers run nothing else", hint="Leave out --server"
            )
        self._options = options
        self._progress = progress

    def identified(self) -> ModelSpec:
        """Return how the model is asked, and what is known of its licence.

        Raises:
            ServerError: The server has to tell what it serves, and does not.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        return self._known or self._spec

    def identity(self, direction: Direction) -> Mapping[str, str]:
        """Return what stands for model and server before anything is translated.

        Raises:
            ServerError: The server does not tell what it serves.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        del direction
        served = self._served
        return {
            "revision": f"{served.label} ({served.details})" if served.details else served.label,
            "engine": f"server {self._client.address.url}",
            "precision": "as served",
            "device": "as served",
        } | self._drawing()

    def engine(self, direction: Direction) -> ServerEngine:
        """Return the engine, the same one for every direction.

        Raises:
            ServerError: The server does not tell what it serves.
            OfflineError: The server is elsewhere, and the user allows no network.
        """
        del direction
        return self._engine

    @cached_property
    def _engine(self) -> ServerEngine:
        dialect = self._served.dialect
        version = version_of(self._client, dialect)
        writer = Writer(self._served, self._options, self.identified().stop_tokens)
        name = f"{dialect.name} {version}".strip()
        return ServerEngine(self._client, writer, version=name, progress=self._progress)

    @cached_property
    def _spec(self) -> ModelSpec:
        served = self._served
        known = _registered(served.name)
        if known and known.family == "chat":
            return known
        # llama.cpp calls a model by its whole path; a name of the hub keeps its owner.
        name = served.label.rpartition("/")[2] if served.label.startswith("/") else served.label
        bare = ModelSpec(f"server:{name}", None, HubSource(()), restriction=licence_named("").restriction)
        return bare.as_family(load_registry().families["chat"])

    @cached_property
    def _served(self) -> Served:
        named = self._options.model
        listed = list_served(self._client, optional=bool(named))
        if named:
            others = tuple(one.name for one in listed)
            # A server may serve what it does not list.
            return next((one for one in listed if one.name == named), Served(named, others=others))
        return find_served(listed, self._names()) or self._only(listed)

    def _names(self) -> tuple[str, ...]:
        if self._known is None:
            return () if self._name == AUTO else (self._name,)
        source = self._known.source
        hub = tuple(one.repo_id for one in source.repositories) if isinstance(source, HubSource) else ()
        return (*hub, self._known.name)

    def _only(self, listed: list[Served]) -> Served:
        """Return the one model that is served, where nothing speaks against it."""
        url = self._client.address.url
        if not listed:
            raise ServerError(f"the server at {url} lists no model", hint="Name one: --server-model NAME")
        names = ", ".join(one.name for one in listed)
        if self._known is None and self._name != AUTO:
            raise ServerError(f"the server at {url} has no model {self._name!r}", hint=f"It serves {names}")
        if len(listed) > 1:
            raise UsageError(f"the server at {url} serves several models", hint=f"Name one, --server-model: {names}")
        if self._known:
            self._progress.note(f"The server at {url} serves {names}, which is asked as {self._known.name} is")
        return listed[0]

    def _drawing(self) -> dict[str, str]:
        sampling = self._options.sampling
        return {"sampling": str(sampling)} if sampling else {}


def load_server(model: str, options: ServerOptions, progress: Progress = SILENT) -> tuple[ModelSpec, ServerEngine]:
    """Return how a model behind a server is asked, and its engine.

    Args:
        model: As `ServerLoader` takes it.
        options: Where the server is, and how it is asked.
        progress: Is told what the server cannot do.

    Raises:
        UsageError: The address is none, or the model is none for chats, or the server has several.
        ServerError: The server cannot be asked, or does not have the model.
        OfflineError: The server is elsewhere, and the user allows no network.
    """
    loader = ServerLoader(model, options, progress)
    spec = loader.identified()
    return spec, loader.engine(spec.directions[0])


def _registered(name: str) -> ModelSpec | None:
    """Return the model of the registry with this name, or from this repository of the hub."""
    registry = load_registry()
    found = registry.get(name)
    if found or not name:
        return found
    for spec in registry.models:
        source = spec.source
        hub = [one.repo_id for one in source.repositories] if isinstance(source, HubSource) else []
        if find_served([Served(name)], hub):
            return spec
    return None
