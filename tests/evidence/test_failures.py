"""Failures: every signature on its examples and on more lines, healthy lines left alone, bounds."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.evidence.failures import CONTEXT, MOST, Failure, Failures, Severity, load_failures
from bench.evidence.understanding import Understanding
from tests.evidence.said import TABLES, said

with (data_dir() / "failures.toml").open("rb") as _file:
    ENTRIES = {entry["id"]: entry for entry in tomllib.load(_file)["failure"]}
with (data_dir() / "bench.toml").open("rb") as _file:
    CHECKS = {check["id"] for check in tomllib.load(_file)["check"]}


def told(*texts: str) -> tuple[Failure, ...]:
    """The failures that lines tell of, found as a console's are."""
    known = Understanding(TABLES)
    known.feed(said(texts))
    return known.failures


@pytest.mark.parametrize("name", ENTRIES)
def test_each_row_finds_its_example_and_leaves_its_counter_example(name: str) -> None:
    entry = ENTRIES[name]
    assert [failure.id for failure in told(entry["example"])] == [name]
    assert told(entry["counter_example"]) == ()
    assert entry["check"] in CHECKS | {""}
    assert "{" not in told(entry["example"])[0].title


MORE = [
    (
        "unable_to_mount_root",
        'VFS: Cannot open root device "ubi0:rootfs" or unknown-block(0,0): error -19',
    ),
    ("machine_check", "CPU 0: Machine Check Exception: 0000000000000004"),
    ("kernel_panic", " <0>Kernel panic: Attempted to kill the idle task!"),
    ("kernel_panic", "panic: page fault"),
    ("kernel_oops", "Unable to handle kernel NULL pointer dereference at virtual address 00000000"),
    ("kernel_oops", "Internal error: Oops: 17 [#1] SMP ARM"),
    ("lockup", "INFO: rcu_sched self-detected stall on CPU { 0}"),
    ("cpu_abort", "data abort"),
    ("dram", "data training error"),
    ("dram", "rk3399_dmc_init DRAM init failed -5"),
    ("dram", "DRAM init failed: -110"),
    ("dram", "DDR training failed: no valid window for byte lane 2"),
    ("dram", "DRAM:  0 Bytes"),
    ("memory_test", "Memory test failed at 0x61a40c30: wrote 0x55555555, read 0x55575555"),
    ("memory_test", "Mem error @ 0x00100000: found FFFFFFFE, expected FFFFFFFF"),
    ("ata", "ata1.00: status: { DRDY ERR }"),
    ("ata", "ata1.00: error: { UNC }"),
    ("ata", "ata3: COMRESET failed (errno=-16)"),
    ("block_io", "end_request: I/O error, dev sda, sector 487465388"),
    ("block_io", "Buffer I/O error on device sda6, logical block 60932917"),
    ("block_io", "Buffer I/O error on dev sda1, logical block 0, async page read"),
    ("scsi_sense", "sd 0:0:0:0: [sda] Add. Sense: Unrecovered read error - auto reallocate failed"),
    ("ide_error", "ad0: FAILURE - READ_DMA status=51<READY,DSC,ERROR>"),
    ("no_boot_device", "No bootable device."),
    ("no_boot_device", "Operating System not found"),
    ("no_boot_device", "PXE-E61: Media test failure, check cable"),
    ("fsck", "fsck FAILED with exit status 4"),
    ("fsck", "*** An error occurred during the file system check. Run fsck manually."),
    ("ext_error", "EXT4-fs (mmcblk0p2): error loading journal"),
    ("other_fs", "UBIFS error: ubifs_read_node: bad node type (255 but expected 9)"),
    ("other_fs", "XFS (sda3): Metadata corruption detected at xfs_agi_read_verify"),
    ("raid", "A DegradedArray event had been detected on md device /dev/md1"),
    ("mmc", "mmcblk0: timed out sending r/w cmd command, card status 0xd00"),
    ("mmc", "Card did not respond to voltage select!"),
    ("ubi", "ubi0 error: ubi_attach_mtd_dev: failed to attach mtd4, error -22"),
    ("nand", "FlashReadRetry error!!,row = fff000"),
    ("nand", "No NAND device found!!!"),
    ("image", "Wrong Image Format for bootm command"),
    ("image", "Bad Magic Number"),
    ("image", "can't load '/kernel'"),
    ("image", "Error : compressed image checksum is incorrect 0x1234"),
    ("image", "ERROR: [rk_load_image_from_storage]: bootrk: bad boot or kernel image"),
    ("boot_failed", "### ERROR ### Please RESET the board ###"),
    ("boot_failed", "error: no such partition."),
    ("boot_failed", "GRUB Error 17"),
    ("boot_failed", "L 99 99 99"),
    ("stuck_loader", "Give root password for maintenance"),
    ("stuck_loader", "db> "),
    ("phy", "Could not get PHY for FEC0: addr 1"),
    ("tx_timeout", "e1000e 0000:00:19.0: eth0: Detected Hardware Unit Hang:"),
    ("fan", "Fan 2 failure detected"),
    ("heat", "CPU temperature exceeds limit: 98 C"),
    ("power", "Power supply 2 has failed"),
    ("watchdog", "Last reset from watchdog reset"),
    ("watchdog", "Reset Reason: watchdog timeout"),
    ("cmos", "CMOS Battery Low"),
    ("cisco_traceback", "-Traceback= 60A41000 60A42000"),
]


@pytest.mark.parametrize(("name", "text"), MORE)
def test_more_lines_that_devices_say(name: str, text: str) -> None:
    assert [failure.id for failure in told(text)] == [name]


HEALTHY = """
Starting system software version 9.1R15 (build 18393)
[    0.000000] Kernel command line: console=ttyS0,9600 root=/dev/sda1 panic=10 errors=remount-ro
[    0.000000] BIOS-e820: 0000000000000000 - 000000000009c000 (usable)
[    0.100000] mce: CPU supports 7 MCE banks
[    0.110000] NMI watchdog: enabled on all CPUs, permanently consumes one hw-PMU counter.
[    0.300000] PCI: Using ACPI for IRQ routing
[    0.500000] pcieport 0000:00:1c.0: AER enabled with IRQ 40
[    1.000000] EDAC MC: Ver: 3.0.0
[    1.100000] EDAC MC0: Giving out device to module e7525_edac controller E7525
[    1.200000] libata version 3.00 loaded.
[    1.300000] ata2: SATA link down (SStatus 0 SControl 300)
[    1.400000] ata1.00: configured for UDMA/133
[    1.500000] sd 0:0:0:0: [sda] Write cache: enabled, read cache: enabled
[    1.600000] EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: errors=remount-ro
[    1.700000] EXT4-fs (sda1): INFO: recovery required on readonly filesystem
[    1.800000] hub 1-0:1.0: 4 ports detected, no over-current condition exists
[    1.900000] thermal LNXTHERM:00: registered as thermal_zone0
[    2.000000] mmc0: new high speed SDHC card at address aaaa
[    2.100000] nand: 256 MiB, SLC, erase size: 128 KiB, page size: 2048, OOB size: 64
[    2.200000] Bad block table found at page 131008, version 0x01
[    2.300000] ubi0: bad PEBs: 2, corrupted PEBs: 0
[    2.400000] iTCO_wdt: initialized. heartbeat=30 sec (nowayout=0)
[    2.500000] rtc_cmos 00:04: setting system clock to 2019-03-04 10:11:12 UTC
[    2.600000] e1000e 0000:02:00.0: eth0: MAC: 3, PHY: 8, PBA No: E12345-001
[    2.700000] md: raid1 personality registered for level 1
[    2.800000] ACPI: Power Button [PWRF]
[    2.900000] GHES: HEST is not enabled!
Verifying Checksum ... OK
NAND:  256 MiB
Loading Environment from MMC... OK
Hit any key to stop autoboot:  0
fsck 1.41.12 (17-May-2010)
/dev/sda1: clean, 12345/65536 files, 23456/262144 blocks
Checking file systems ... clean
Testing memory:  8192 MB  OK
POST: PortASIC Memory Tests : End, Status Passed
DDR3 training: byte lane 0 pass, byte lane 1 pass
FAN 1: 5400 RPM, status good
Temperature: 41 C, PSU voltage 12.1 V
Reset cause: POR
System returned to ROM by power-on
Press F2 to enter setup
Restoring default configuration from backup image: no error
0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 output errors, 0 collisions, 2 interface resets, 0 late collision
Interface GigabitEthernet0/1, changed state to down
errors detected: 0, errors corrected: 0
logging buffered errors
snmp-server enable traps envmon fan shutdown supply temperature status
""".strip().split("\n")


@pytest.mark.parametrize("text", HEALTHY)
def test_healthy_lines_are_left_alone(text: str) -> None:
    assert [failure.id for failure in told(text)] == []


def test_the_place_of_a_failure_is_in_its_title_and_counted_by_itself() -> None:
    texts = [f"ata{port}.00: failed command: READ DMA EXT" for port in (1, 2, 1, 1)]
    found = [(one.title, one.count) for one in told(*texts)]
    assert found == [("disk error on ata1", 3), ("disk error on ata2", 1)]


def test_the_first_place_and_five_lines_after_it_are_kept_across_batches() -> None:
    known = Understanding(TABLES)
    texts = ["ok", "Kernel panic - not syncing: X", *(f"trace {n}" for n in range(9))]
    for line in said(texts):
        known.feed([line])
    (failure,) = known.failures
    assert (failure.line, failure.offset) == (1, 100)
    assert failure.context == tuple(f"trace {n}" for n in range(CONTEXT))
    assert told(*texts) == known.failures


def test_a_repeated_failure_keeps_its_first_context_and_its_last_time() -> None:
    line = "EXT3-fs error (device sda7): x"
    (failure,) = told(line, "a", line, "b", *"cdefg", line)
    assert failure.context == ("a", line, "b", "c", "d")
    assert failure.count == 3
    assert failure.last_wall_ns - failure.wall_ns == 9_000_000_000


def test_no_more_than_two_hundred_failures_are_kept() -> None:
    known = Understanding(TABLES)
    known.feed(said(f"EXT3-fs error (device s{n}): \x1b{'y' * 9000}" for n in range(3 * MOST)))
    assert len(known.failures) == MOST
    assert known.failures_left_out == 2 * MOST
    assert all(len(one.text) <= 200 and "\x1b" not in one.text for one in known.failures)
    assert all(len(line) <= 200 for one in known.failures for line in one.context)


def test_the_counts_go_on_when_it_is_full() -> None:
    failures = Failures()
    for number in [*range(MOST), 0, 0]:
        failures.add(Failure("x", f"t{number}", Severity.BAD, "", "", 0, 0, number, ""))
    assert next(iter(failures)).count == 3
    assert failures.left_out == 0


ROW = """[[failure]]
id = "a"
title = "disk error on {where}"
severity = "bad"
check = "disk"
means = "Replace the disk."
needs = ["disk"]
pattern = 'disk (?P<where>\\w{1,9}) bad'
example = "disk sda bad"
counter_example = "disk sda good"
"""


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("?P<where>", "?:", "pattern"),
        ('"Replace the disk."', '"Replace"', "means"),
        ('check = "disk"', 'check = "disc"', "check"),
        ('severity = "bad"', 'severity = "fatal"', "severity"),
        ('title = "disk error on {where}"', 'title = " "', "title"),
        ('check = "disk"', 'check = "disk"\nhint = ""', "hint"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(
    before: str, after: str, key: str, tmp_path: Path
) -> None:
    path = tmp_path / "failures.toml"
    path.write_text(ROW, encoding="utf-8")
    assert [row.id for row in load_failures(path, ("disk",))] == ["a"]
    path.write_text(ROW.replace(before, after), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load_failures(path, ("disk",))
    assert raised.value.key == f"failure[1].{key}"
