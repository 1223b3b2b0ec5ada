"""Builds the wheel (PEP 517), for `pip install ./capi/python` and build_wheel.sh.

It compiles the library with CMake and puts it inside, with what it leans on and every notice. The
standard library is all it needs, so nothing is downloaded. SEATHOLD_WHEEL_BUILD names the folder to
compile in (default: build/wheel of the checkout).
"""

import base64
import hashlib
import os
import platform
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBRARY = "libseathold.so.0.2"

# Linked into the library, or copied beside it: whose notice the wheel carries.
NOTICES = (
    "libsqlite3-dev",
    "libssl-dev",
    "libargon2-dev",
    "libfmt-dev",
    "libxxhash-dev",
    "libutf8proc-dev",
    "libhowardhinnant-date-dev",
    "nlohmann-json3-dev",
)


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: Any = None) -> str:
    """Writes the wheel and returns its name."""
    del config_settings, metadata_directory
    build = Path(os.environ.get("SEATHOLD_WHEEL_BUILD") or ROOT / "build" / "wheel")
    libraries = _compile(build)
    tag = f"py3-none-{_platform(libraries)}"
    info = f"seathold-{_field('version')}.dist-info"
    files: Dict[str, bytes] = dict(_package())
    for library in libraries:
        files[f"seathold/_lib/{library.name}"] = library.read_bytes()
    for name, text in _notices(build):
        files[f"{info}/licenses/{name}"] = text
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: seathold\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    )
    name = f"seathold-{_field('version')}-{tag}.whl"
    _write(Path(wheel_directory) / name, files, f"{info}/RECORD")
    return name


def get_requires_for_build_wheel(config_settings: Any = None) -> List[str]:
    """Nothing: pip has nothing to download."""
    return []


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """There is none: the library's sources are those of the checkout."""
    raise NotImplementedError("build from a checkout: pip install ./capi/python")


def _compile(build: Path) -> List[Path]:
    """Builds the library; it, and the libraries that must stand beside it, stripped."""
    if shutil.which("cmake") is None:
        raise SystemExit(
            "cmake, a C++20 compiler and the packages of cmake/packages.sh are needed; on Debian: "
            "sh -c '. cmake/packages.sh && ensure_packages $packages_library'"
        )
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DSEATHOLD_SELF_CONTAINED=ON", "-DSEATHOLD_UNITY=ON"]
    options += [f"-DSEATHOLD_{part}=OFF" for part in ("TESTS", "CLI", "BENCH", "INSTALL")]
    if shutil.which("ninja"):
        options += ["-G", "Ninja"]
    subprocess.run(["cmake", "-S", str(ROOT), "-B", str(build), *options], check=True)
    jobs = str(os.cpu_count() or 1)
    subprocess.run(
        ["cmake", "--build", str(build), "--target", "seathold_c", "-j", jobs], check=True
    )
    inside = build / "inside"
    inside.mkdir(exist_ok=True)
    copies = []
    for source in [build / LIBRARY, *_beside(build / LIBRARY)]:
        copy = inside / source.name
        shutil.copyfile(source, copy)
        subprocess.run(["strip", "--strip-unneeded", str(copy)], check=True)
        copies.append(copy)
    return copies


def _beside(library: Path) -> Iterator[Path]:
    """Shared libraries that no machine can be expected to have: found by the loader beside ours."""
    needed = subprocess.run(["ldd", str(library)], check=True, capture_output=True, text=True).stdout
    for match in re.finditer(r"(libdate-tz\.so\S*) => (\S+)", needed):
        yield Path(match[2])


def _platform(libraries: List[Path]) -> str:
    """The tag of what the libraries need: manylinux_2_34_x86_64, by the newest symbol of glibc."""
    machine = platform.machine()
    minors = [0]
    for library in libraries:
        needs = subprocess.run(
            ["readelf", "--version-info", "--wide", str(library)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        minors += [int(minor) for minor in re.findall(r"Name: GLIBC_2\.(\d+)", needs)]
    return f"manylinux_2_{max(minors)}_{machine}" if max(minors) else f"linux_{machine}"


def _package() -> Iterator[Tuple[str, bytes]]:
    for path in sorted((HERE / "src" / "seathold").rglob("*")):
        if path.suffix in (".py", ".typed"):
            yield path.relative_to(HERE / "src").as_posix(), path.read_bytes()


def _notices(build: Path) -> Iterator[Tuple[str, bytes]]:
    """Our licence, and those of what is inside; where Debian keeps them, or in SEATHOLD_NOTICES."""
    yield "LICENSE", (ROOT / "LICENSE").read_bytes()
    own = os.environ.get("SEATHOLD_NOTICES")
    redis = "SEATHOLD_REDIS:BOOL=ON" in (build / "CMakeCache.txt").read_text()
    for package in NOTICES + (("libhiredis-dev",) if redis else ()):
        path = Path(own) / package if own else Path("/usr/share/doc") / package / "copyright"
        if not path.exists():
            raise SystemExit(
                f"the notice of {package} is not at {path}, and a wheel without it may not be "
                "passed on: set SEATHOLD_NOTICES to a folder that has one file a package"
            )
        yield f"{package}.txt", path.read_bytes()


def _field(name: str) -> str:
    """A line `name = "value"` of pyproject.toml (tomllib is younger than the oldest Python)."""
    match = re.search(rf'^{name} = "(.*)"$', (HERE / "pyproject.toml").read_text(), re.MULTILINE)
    if match is None:
        raise SystemExit(f"pyproject.toml has no {name}")
    return match[1]


def _metadata() -> str:
    classifiers = re.findall(r'^  "(.* :: .*)",$', (HERE / "pyproject.toml").read_text(), re.MULTILINE)
    head = [
        "Metadata-Version: 2.1",
        "Name: seathold",
        f"Version: {_field('version')}",
        f"Summary: {_field('description')}",
        f"Requires-Python: {_field('requires-python')}",
        "License: MIT",
        *[f"Classifier: {classifier}" for classifier in classifiers],
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(head) + "\n\n" + (HERE / "README.md").read_text()


def _write(path: Path, files: Dict[str, bytes], record: str) -> None:
    """The same files give the same wheel."""
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in sorted(files.items()):
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}\n")
            wheel.writestr(_entry(name), data)
        wheel.writestr(_entry(record), "".join(lines) + f"{record},,\n")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if ".so" in name else 0o644) << 16
    return entry
