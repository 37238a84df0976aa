"""Creates the engine of a model on a server, from its name and the server's address."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from common.chat.client import Client, ServerError
from common.chat.options import ServerOptions
from common.errors import UsageError
from common.progress import SILENT, Progress
from common.secrets import SERVER_KEY
from corpora.languages import Direction
from translate.engines.server.engine import ServerEngine
from translate.engines.server.payloads import PayloadWriter, ServedModel, find_served, list_served, version_of
from translate.models.registry import HUB_PREFIX, licence_named, load_registry
from translate.models.specs import HubSource, ModelSpec

AUTO: Final = "auto"


class ServerLoader:
    """Loads a model on a server, like `translate.loading.ModelLoader` for local models.

    Args:
        model: A name of the registry or of the hub, which decides the prompt format. Any other name is that of a model
            on the server, which gets the general chat prompt. `auto` takes the only served model.
        options: Address of the server and settings of requests.
        progress: Receives notes on unsupported options.

    Raises:
        UsageError: The address or the key cannot be used, or the model is not a chat model.
    """

    def __init__(self, model: str, options: ServerOptions, progress: Progress = SILENT) -> None:
        self._client = Client(options, role="server", key_variable=SERVER_KEY)
        self._name = model.strip().removeprefix(HUB_PREFIX)
        self._known = _registered(self._name)
        if self._known and self._known.family != "chat":
            raise UsageError(
                f"{self._known.name} is not a chat model, and servers run no others", hint="Leave out --server"
            )
        self._progress = progress

    def identified(self) -> ModelSpec:
        """Return the entry of the model: its prompt format and licence."""
        return self._known or self._spec

    def identity(self, direction: Direction) -> Mapping[str, str]:
        """Return the identifiers of model and server before any translation."""
        del direction
        return {
            "revision": self._served.identity,
            "engine": f"server {self._client.address.url}",
            "precision": "as served",
            "device": "as served",
        }

    def engine(self, direction: Direction) -> ServerEngine:
        """Return the engine, the same one for every direction."""
        del direction
        return self._engine

    @cached_property
    def _engine(self) -> ServerEngine:
        profile = self._served.profile
        version = version_of(self._client, profile)
        writer = PayloadWriter(self._served, self.identified().stop_tokens)
        name = f"{profile.name} {version}".strip()
        return ServerEngine(self._client, writer, version=name, progress=self._progress)

    @cached_property
    def _spec(self) -> ModelSpec:
        served = self._served
        known = _registered(served.name)
        if known and known.family == "chat":
            return known
        # llama.cpp uses the whole path as a model's name; a hub name keeps its owner.
        name = served.label.rpartition("/")[2] if served.label.startswith("/") else served.label
        bare = ModelSpec(f"server:{name}", None, HubSource(()), restriction=licence_named("").restriction)
        return bare.as_family(load_registry().families["chat"])

    @cached_property
    def _served(self) -> ServedModel:
        named = self._client.options.model
        listed = list_served(self._client, optional=bool(named))
        if named:
            others = tuple(one.name for one in listed)
            # A server may serve models that it does not list.
            return next((one for one in listed if one.name == named), ServedModel(named, others=others))
        return find_served(listed, self._names()) or self._only(listed)

    def _names(self) -> tuple[str, ...]:
        if self._known is None:
            return () if self._name == AUTO else (self._name,)
        source = self._known.source
        hub = tuple(one.repo_id for one in source.repositories) if isinstance(source, HubSource) else ()
        return (*hub, self._known.name)

    def _only(self, listed: list[ServedModel]) -> ServedModel:
        """Return the only served model, if it can be the requested one."""
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


def _registered(name: str) -> ModelSpec | None:
    """Return the model of the registry with this name or hub repository."""
    registry = load_registry()
    found = registry.get(name)
    if found or not name:
        return found
    for spec in registry.models:
        source = spec.source
        hub = [one.repo_id for one in source.repositories] if isinstance(source, HubSource) else []
        if find_served([ServedModel(name)], hub):
            return spec
    return None
