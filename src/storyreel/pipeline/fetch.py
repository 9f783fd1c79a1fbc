"""The one place that fetches files from addresses given from outside, guarded against all that they may point at."""

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import AsyncGenerator, Collection, Generator, Mapping
from pathlib import Path

import aiohttp
import anyio
from aiohttp.abc import AbstractResolver
from yarl import URL

from storyreel.errors import FetchError, InvalidInputError

MAX_URL_CHARACTERS = 2048
MAX_REDIRECTS = 3
PORTS = frozenset({80, 443, 8080, 8443})
"""Where the web is served. Other ports speak other protocols; a host on one of them is allowed as "host:port"."""

_SNIFFED_BYTES = 64
_CHUNK_BYTES = 1 << 18
_CONNECT_SECONDS = 15
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that another try may not meet again
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")  # or an IPv6 address

_PUBLIC_V6 = ipaddress.ip_network("2000::/3")  # all that is handed out as global unicast
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "168.63.129.16/32",  # a public address, but Azure's host answers on it from inside every machine
            "192.0.0.0/24",  # RFC 6890 protocol assignments, with Oracle's metadata service; older Pythons: global
            "192.88.99.0/24",  # 6to4 relays
            "2001::/32",  # Teredo and 6to4 carry an IPv4 address of their own; nobody serves files on them
            "2002::/16",
            "3fff::/20",  # RFC 9637 documentation, unknown to older Pythons
        ),
    )
)

_SIGNATURES = tuple(
    (media_type, re.compile(pattern, re.DOTALL))
    for media_type, pattern in (
        ("image/png", rb"\x89PNG\r\n\x1a\n"),
        ("image/jpeg", rb"\xff\xd8\xff"),
        ("image/webp", rb"RIFF.{4}WEBP"),
        ("image/gif", rb"GIF8[79]a"),
        ("video/mp4", rb".{4}ftyp(isom|iso[2-9a-c]|mp4[12v]|avc1|hvc1|av01|M4V[ HP]|dash|cmf[c2s]|MSNV|f4v )"),
        ("video/quicktime", rb".{4}ftypqt  "),
        ("video/webm", rb"\x1a\x45\xdf\xa3.{1,40}?\x42\x82.{1,8}?webm"),
        ("audio/mp4", rb".{4}ftypM4[AB] "),
        ("audio/wav", rb"RIFF.{4}WAVE"),
        ("audio/mpeg", rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][^\xf0-\xff]"),  # a tag, or a layer III frame
        ("audio/ogg", rb"OggS"),
        ("audio/flac", rb"fLaC"),
        ("application/json", rb"\s*[{\[]"),
    )
)


class Fetcher:
    """Fetches files over http and https from public addresses, and from hosts that are allowed by name.

    It sends no cookies, no credentials and no more than one request per redirect, uses no proxy, and looks at each
    address when the socket to it opens, so that neither odd spellings nor a changing DNS answer get around it.

    Args:
        allowed_hosts: hosts that may have a private address: "host" (on the usual ports) or "host:port", as in the URL.
        resolver: what turns host names into addresses; the operating system unless given.
        total_seconds: how long one fetch may take, redirects and all.
        idle_seconds: how long the other side may send nothing.

    Raises:
        InvalidInputError: an entry of `allowed_hosts` is no host.
    """

    def __init__(
        self,
        allowed_hosts: frozenset[str] = frozenset(),
        *,
        resolver: AbstractResolver | None = None,
        total_seconds: float = 300,
        idle_seconds: float = 30,
    ) -> None:
        self._allowed = frozenset(map(_allowed_entry, allowed_hosts))
        self._resolver = resolver
        self._total_seconds = total_seconds
        self._idle_seconds = idle_seconds

    async def fetch(
        self, url: str, into: Path, *, max_bytes: int, media_types: Collection[str], origin: str | None = None
    ) -> str:
        """Fetch `url` into the new file `into` and say what it is. After an error there is no such file.

        Args:
            max_bytes: the largest file that is taken.
            media_types: what is taken, such as "image/png"; judged by the first bytes, never by what the server says.
                That is no proof: decode the file before believing it.
            origin: "scheme://host[:port]" that the URL and all redirects must stay on; anywhere if None.

        Raises:
            FetchError: `fetch_refused` (the address may not be fetched), `fetch_too_large`, `fetch_wrong_type`,
                `fetch_timeout` or `fetch_failed`; `retryable` when another try may succeed.
        """
        start = _parse(url)
        home = None if origin is None else _parse(origin)
        with _nothing_left_of(into):
            try:
                async with asyncio.timeout(self._total_seconds):
                    return await self._follow(start, home, into, max_bytes, media_types)
            except TimeoutError as error:
                what = "did not answer or finish in time"
                raise _failure(start, what, code="fetch_timeout", retryable=True) from error
            except (aiohttp.ClientError, ConnectionError) as error:
                raise _failure(start, f"could not be read: {_plain(error)}", retryable=True) from error

    def check(self, url: str) -> None:
        """Refuse an address that could never be asked, whatever its host is at.

        Raises:
            FetchError: code `fetch_refused`.
        """
        self._is_allowed(_parse(url))

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> int:
        """POST under the same rules; the answer's status. Its body is not read, and no redirect is followed.

        Raises:
            FetchError: `fetch_refused`, `fetch_timeout` or `fetch_failed`.
        """
        at = _parse(url)
        try:
            async with (
                self._session(at) as session,
                session.post(
                    at, data=content, headers={"User-Agent": "storyreel", **headers}, allow_redirects=False
                ) as response,
            ):
                return response.status
        except TimeoutError as error:
            raise _failure(at, "did not answer in time", code="fetch_timeout", retryable=True) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise _failure(at, f"could not be asked: {_plain(error)}", retryable=True) from error

    async def _follow(
        self, start: URL, home: URL | None, into: Path, max_bytes: int, media_types: Collection[str]
    ) -> str:
        here = start
        for _ in range(MAX_REDIRECTS + 1):
            if home is not None and _origin(here) != _origin(home):
                raise _refusal(f"It may only come from {home.origin()}, not from {here.origin()}.")
            outcome = await self._request(here, into, max_bytes, media_types)
            if isinstance(outcome, str):
                return outcome
            here = outcome
        raise _failure(start, f"redirects more than {MAX_REDIRECTS} times")

    async def _request(self, url: URL, into: Path, max_bytes: int, media_types: Collection[str]) -> str | URL:
        """One request: the media type of the file that came, or where else to look."""
        headers = {"Accept": ", ".join(sorted(media_types)), "Accept-Encoding": "identity", "User-Agent": "storyreel"}
        async with (
            self._session(url) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            if response.status in _REDIRECTS:
                return _redirected(url, response.headers.get("Location", ""))
            if response.status != 200:
                passing = response.status in _PASSING
                raise _failure(url, f"answered with HTTP status {response.status}", retryable=passing)
            return await _receive(url, response, into, max_bytes, media_types)

    @contextlib.asynccontextmanager
    async def _session(self, url: URL) -> AsyncGenerator[aiohttp.ClientSession]:
        """A session for requests to this address alone.

        Raises:
            FetchError: code `fetch_refused`, what stands behind the address is not public.
        """
        guard = _Guard(anywhere=self._is_allowed(url))
        connector = aiohttp.TCPConnector(resolver=self._resolver, socket_factory=guard.open, force_close=True)
        timeout = aiohttp.ClientTimeout(sock_connect=_CONNECT_SECONDS, sock_read=self._idle_seconds)
        try:
            async with aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                trust_env=False,
                auto_decompress=False,  # a small file must not become a large one on the way
            ) as session:
                yield session
        except aiohttp.InvalidURL as error:
            raise _refusal(f"{url.host} is neither a name nor an address.") from error
        except aiohttp.ClientConnectorError as error:
            if guard.refused:
                raise _refusal(f"{url.host} is not at a public address.") from error
            raise

    def _is_allowed(self, url: URL) -> bool:
        """Whether the host may have any address.

        Raises:
            FetchError: the port is not one of the web's, and not allowed either.
        """
        host, port = _host(url), url.port
        if f"{host}:{port}" in self._allowed:
            return True
        if port not in PORTS:
            raise _refusal(f"Files are not fetched from port {port}.")
        return host in self._allowed


class _Guard:
    """Opens sockets to public addresses only, or `anywhere`; `refused` says whether it had to turn one down."""

    def __init__(self, *, anywhere: bool) -> None:
        self._anywhere = anywhere
        self.refused = False

    def open(self, info: tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not (self._anywhere or is_public(address[0])):
            self.refused = True
            raise PermissionError("not a public address")
        return socket.socket(family, kind, protocol)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also when it is an IPv4 address inside an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(ip.packed[-4:])
        elif ip.scope_id is not None or ip not in _PUBLIC_V6:
            return False
    if any(ip in network for network in _NEVER if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def sniff(head: bytes) -> str | None:
    """The media type that a file's first bytes (64 are enough) promise, or None."""
    return next((media_type for media_type, signature in _SIGNATURES if signature.match(head)), None)


async def _receive(
    url: URL, response: aiohttp.ClientResponse, into: Path, max_bytes: int, media_types: Collection[str]
) -> str:
    too_large = FetchError(
        f"The file at {url.host} is larger than {max_bytes} bytes.", code="fetch_too_large", hint="Use a smaller file."
    )
    if (response.content_length or 0) > max_bytes:
        raise too_large
    chunk = await _first_bytes(response.content)
    media_type = sniff(chunk)
    if media_type is None or media_type not in media_types:
        raise FetchError(
            f"The file at {url.host} is {media_type or 'of an unknown type'}, not {' or '.join(sorted(media_types))}.",
            code="fetch_wrong_type",
            hint="Give the address of the file itself, not of a page that shows it.",
        )
    size = 0
    async with await anyio.open_file(into, "wb") as file:
        while chunk:
            size += len(chunk)
            if size > max_bytes:
                raise too_large
            await file.write(chunk)
            chunk = await response.content.read(_CHUNK_BYTES)
    return media_type


async def _first_bytes(content: aiohttp.StreamReader) -> bytes:
    head = b""
    while len(head) < _SNIFFED_BYTES and (chunk := await content.read(_SNIFFED_BYTES - len(head))):
        head += chunk
    return head


@contextlib.contextmanager
def _nothing_left_of(path: Path) -> Generator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _parse(url: str) -> URL:
    """The address, if it has a form that may be fetched at all."""
    if len(url) > MAX_URL_CHARACTERS:
        raise _refusal(f"The address is longer than {MAX_URL_CHARACTERS} characters.")
    if any(character <= " " or character in "\\\x7f" or character.isspace() for character in url):
        raise _refusal("The address contains blanks, control characters or backslashes.")
    try:
        parsed = URL(url)
    except ValueError as error:
        raise _refusal("That is not a valid address.") from error
    if parsed.scheme not in ("http", "https"):
        raise _refusal("Only http and https addresses are fetched.")
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise _refusal("Addresses with a user name or a password are not fetched.")
    if not _HOST_NAME.fullmatch(_host(parsed)):
        raise _refusal("The address names no valid host.")
    return parsed


def _redirected(url: URL, location: str) -> URL:
    try:
        target = _parse(str(url.join(URL(location))))
    except ValueError as error:
        raise _refusal(f"{url.host} redirects to something that is not an address.") from error
    if url.scheme == "https" and target.scheme == "http":
        raise _refusal(f"{url.host} redirects from https to http.")
    return target


def _host(url: URL) -> str:
    """The host as it is compared: ASCII, lower case, without brackets and the root's dot."""
    return (url.raw_host or "").lower().removesuffix(".")


def _origin(url: URL) -> tuple[str, str, int | None]:
    return url.scheme, _host(url), url.port


def _allowed_entry(entry: str) -> str:
    try:
        url = _parse(f"http://{entry}")
    except FetchError:
        url = URL()
    if url.path_qs != "/":
        raise InvalidInputError(
            f"{entry!r} is neither a host nor host:port.",
            code="invalid_allowed_host",
            hint="Write it as in the address, without http:// and path; an IPv6 address in brackets.",
        )
    return _host(url) if url.explicit_port is None else f"{_host(url)}:{url.explicit_port}"


def _refusal(reason: str) -> FetchError:
    return FetchError(
        f"The address may not be fetched. {reason}",
        code="fetch_refused",
        hint="Give a public http or https address, or have its host allowed in the settings.",
    )


def _failure(url: URL, what: str, *, code: str = "fetch_failed", retryable: bool = False) -> FetchError:
    hint = "Try again later." if retryable else "Check that the address opens in a browser."
    return FetchError(f"The address at {url.host} {what}.", code=code, retryable=retryable, hint=hint)


def _plain(error: BaseException) -> str:
    """What went wrong, without the addresses that a system error tells."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "there is no such host"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "no connection"
    return "the connection broke off"
