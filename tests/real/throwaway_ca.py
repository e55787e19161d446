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
# Not the machine's own openssl.cnf: what it says differs. Python 3.13 wants each of these.
_CONFIG = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


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

    names = ", ".join(f"DNS:{host}" for host in hosts)
    (folder / "openssl.cnf").write_text(_CONFIG.format(names=names), encoding="ascii")
    config = ("-config", file("openssl.cnf"))
    _openssl(
        *("req", "-x509", *config, "-extensions", "authority", *_NEW_KEY, "-days", "2"),
        *("-subj", "/CN=bhoga throw-away CA", "-keyout", file("ca.key"), "-out", file("ca.pem")),
    )
    _openssl(
        *("req", *config, *_NEW_KEY, "-subj", "/CN=bhoga stand-in"),
        *("-keyout", file("leaf.key"), "-out", file("leaf.csr")),
    )
    _openssl(
        *("x509", "-req", "-in", file("leaf.csr"), "-days", "2", "-sha256"),
        *("-extfile", file("openssl.cnf"), "-extensions", "leaf", "-out", file("leaf.pem")),
        *("-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file("leaf.pem"), file("leaf.key"))
    return Authority(folder / "ca.pem", context)


def _openssl(*words: str) -> None:
    if OPENSSL is None:
        raise FileNotFoundError("openssl is not on PATH")
    subprocess.run([OPENSSL, *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)
