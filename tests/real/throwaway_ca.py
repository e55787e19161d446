"""A certificate authority for one test run: it is made, trusted by one program, and thrown away."""

import shutil
import ssl
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

OPENSSL = shutil.which("openssl")
"""The program that makes certificates: with it, the tests need no package for it."""

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256")
_LEAF = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={names}\n"


class Authority(NamedTuple):
    """`certificate` is the file to trust; `context` serves TLS for the hosts it was made for."""

    certificate: Path
    context: ssl.SSLContext


def authority_for(hosts: Iterable[str], folder: Path) -> Authority:
    """Make an authority in `folder`, and with it a certificate for `hosts`. Good for two days.

    Raises CalledProcessError where openssl (1.1.1 or later, LibreSSL too) will not.
    """

    def file(name: str) -> str:
        return str(folder / name)

    names = ",".join(f"DNS:{host}" for host in hosts)
    (folder / "leaf.ext").write_text(_LEAF.format(names=names), encoding="ascii")
    _openssl(
        *("req", "-x509", *_NEW_KEY, "-days", "2", "-subj", "/CN=bhoga throw-away CA"),
        *("-keyout", file("ca.key"), "-out", file("ca.pem")),
    )
    _openssl(
        *("req", *_NEW_KEY, "-subj", "/CN=bhoga stand-in"),
        *("-keyout", file("leaf.key"), "-out", file("leaf.csr")),
    )
    _openssl(
        *("x509", "-req", "-in", file("leaf.csr"), "-days", "2", "-extfile", file("leaf.ext")),
        *("-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"),
        *("-sha256", "-out", file("leaf.pem")),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file("leaf.pem"), file("leaf.key"))
    return Authority(folder / "ca.pem", context)


def _openssl(*words: str) -> None:
    if OPENSSL is None:
        raise FileNotFoundError("openssl is not on PATH")
    subprocess.run([OPENSSL, *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)
