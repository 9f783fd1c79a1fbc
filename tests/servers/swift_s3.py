"""OpenStack Swift with its S3 door, whole in one process: `python swift_s3.py FOLDER` says its process and port."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

KEY, SECRET, BUCKET = "test:tester", "testing", "films"
SWIFT = """
[swift-hash]
swift_hash_path_suffix = s
swift_hash_path_prefix = p
[storage-policy:0]
name = one
default = yes
"""
PROXY = """
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors proxy-logging s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
access_log_name = silent
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
force_swift_request_proxy_log = false
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
storage_url_scheme = http
[filter:slo]
use = egg:swift#slo
"""


def serve(folder: Path, ready: int) -> None:
    """Serve until killed; the port is written to the file handle `ready`."""
    import eventlet

    eventlet.monkey_patch()
    from eventlet import wsgi

    logging.disable(logging.CRITICAL)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(SWIFT)
    from swift.common import utils

    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    utils.validate_hash_conf()
    from swift.common.ring import RingBuilder

    disk = folder / "disks" / "one"
    disk.mkdir(parents=True, exist_ok=True)
    doors = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in ("account", "container", "object")}
    for kind, door in doors.items():
        ring = RingBuilder(2, 1, 1)
        own = {"ip": "127.0.0.1", "port": door.getsockname()[1]}
        replication = {f"replication_{name}": value for name, value in own.items()}
        ring.add_dev(
            {"id": 0, "zone": 0, "region": 1, "weight": 1.0, "device": "one", "meta": "", **own, **replication}
        )
        ring.rebalance()
        ring.get_ring().save(str(folder / f"{kind}.ring.gz"))
    from swift.account.server import AccountController
    from swift.container.server import ContainerController
    from swift.obj.server import ObjectController

    conf = {"devices": str(folder / "disks"), "mount_check": "false", "swift_dir": str(folder), "fsync": "false"}
    serving = {"account": AccountController, "container": ContainerController, "object": ObjectController}
    for kind, make in serving.items():
        eventlet.spawn(wsgi.server, doors[kind], make(conf), log=_Silent(), log_output=False)
    (folder / "proxy.conf").write_text(PROXY.format(folder=folder))
    from swift.common.swob import Request
    from swift.common.wsgi import loadapp

    swift, cache = loadapp(str(folder / "proxy.conf"), global_conf={"log_name": "silent"}), _Cache()

    def app(environ: Any, start_response: Any) -> Any:
        return swift(environ | {"swift.cache": cache}, start_response)

    allowed = {"swift.authorize_override": True, "swift.authorize": lambda _request: None}
    made = Request.blank(f"/v1/AUTH_test/{BUCKET}", method="PUT", environ=allowed).get_response(app)
    assert made.status_int in (201, 202), made.status
    front = eventlet.listen(("127.0.0.1", 0))
    eventlet.spawn(wsgi.server, front, app, log=_Silent(), log_output=False)
    os.write(ready, str(front.getsockname()[1]).encode())
    os.close(ready)
    while True:
        eventlet.sleep(3600)


class _Cache(dict[str, Any]):
    """What Swift asks of memcached."""

    def set(self, key: str, value: Any, **_options: Any) -> None:
        self[key] = value

    def get(self, key: str, default: Any = None, **_options: Any) -> Any:
        return super().get(key, default)

    def delete(self, key: str, **_options: Any) -> None:
        self.pop(key, None)

    def incr(self, key: str, delta: int = 1, **_options: Any) -> int:
        self[key] = self.get(key, 0) + delta
        return self[key]


class _Silent:
    def __getattr__(self, _name: str) -> object:
        return lambda *_words, **_more: None


def main(folder: Path) -> None:
    """Leave it serving as a process of its own."""
    said, ready = os.pipe()
    process = os.fork()
    if process:
        os.close(ready)
        port = os.read(said, 100).decode()
        assert port, "it did not start"
        sys.stdout.write(f"{process} {port}\n")
        return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in range(3):
        os.dup2(nowhere, handle)
    serve(folder, ready)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
