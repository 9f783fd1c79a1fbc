"""Addresses that lead inside, however they are spelt; and a resolver that knows where the names among them lead."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult


class Names(AbstractResolver):
    """A resolver that knows a few names, and the odd spellings of numbers that operating systems take."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): found for name, found in addresses.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found: list[ResolveResult] = []
        for address in self.addresses.get(host.rstrip("."), [host]):
            for kind, _, proto, _, sockaddr in socket.getaddrinfo(
                address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
            ):
                entry = ResolveResult(
                    hostname=host, host=str(sockaddr[0]), port=port, family=kind, proto=proto, flags=0
                )
                found.append(entry)
        return found

    async def close(self) -> None:
        pass


HOSTILE = [
    # this machine
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/",
    "http://127.8.9.10/",
    "http://0.0.0.0/",
    "http://0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    # the same, spelt differently
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    # IPv4 inside IPv6
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::8.8.8.8]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    # private and special networks, and where clouds keep their secrets
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://168.63.129.16/",
    "http://198.18.0.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    # names
    "http://inside.example/",
    "https://inside.example/",
    "http://mixed.example/",
    "http://metadata.google.internal/",
    # addresses that are not what they seem
    "http://public.example@127.0.0.1/",
    "http://127.0.0.1\\@public.example/",
    "http://public.example:80@127.0.0.1:80/",
    "http://user:secret@public.example/",
    "http://user@public.example/",
    "http://public.example:22/",
    "http://public.example:6379/",
    "http://public.example:0/",
    "http://public.example:99999/",
    "http://public.example\r\nX: y/",
    "http://public.example/a b",
    "http://public.example/\x00",
    " http://public.example/",
    "http://public.example\u3000/",
    "http:///etc/passwd",
    "http:/public.example/",
    "http://",
    "http://[::1",
    "http://.../",
    "//public.example/",
    "public.example",
    "",
    "file:///etc/passwd",
    "ftp://public.example/",
    "gopher://public.example/",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)",
    "ws://public.example/",
    "concat:http://public.example/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "http://public.example/" + "a" * 2048,
    "http://\ud800.example/",
]
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "inside_example": ["10.1.2.3"],
    "mixed_example": ["127.0.0.1", "::ffff:10.0.0.1"],
    "metadata_google_internal": ["169.254.169.254"],
    "public_example": ["8.8.8.8"],
}
