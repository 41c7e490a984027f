//! Builds on disks that this machine may not be able to mount, and interrupted ones.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::Missing;
use crate::fault_fixture::{
    Version, assert_same, assert_waiting_build_ends, clean, must_fail, newsgen, published, put,
    three_articles,
};
use crate::fixture::{Site, article};

/// Whether interrupts are ignored, as in a script's background.
fn ignores_interrupts() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & (1 << 1) != 0)
}

pub(crate) fn waiting_build_can_be_interrupted() -> Result<(), Missing> {
    if ignores_interrupts() {
        return Err(Missing::Condition("a process that does not ignore interrupts"));
    }
    assert_waiting_build_ends("INT");
    Ok(())
}

/// A file system in memory, which may be full or read-only.
struct Mount(TempDir);

impl Mount {
    fn new(options: &str) -> Result<Self, Missing> {
        let folder = tempfile::tempdir().expect("folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(folder.path())
            .output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Ok(Self(folder));
        }
        Err(Missing::Condition("permission to mount file systems"))
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(self.0.path()).status();
        assert!(status.expect("mount runs").success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

pub(crate) fn full_disk_keeps_the_published_site() -> Result<(), Missing> {
    let disk = Mount::new("size=8m")?;
    let output = disk.path("public");
    let site = Site::new("");
    put(&site, Version::Old);
    let onto = |site: &Site| {
        let mut command = newsgen(site);
        command.arg("-o").arg(&output);
        command
    };
    assert!(onto(&site).status().expect("newsgen runs").success());
    let old = published(&output);
    put(&site, Version::New);
    let new = clean(&site);
    for free in [0, 4096, 40_960, 200_000] {
        let ballast = disk.path("ballast");
        fs::write(&ballast, vec![1; 8 << 20]).expect_err("full");
        let file = fs::File::options().write(true).open(&ballast).expect("ballast");
        let length = file.metadata().expect("length").len();
        file.set_len(length - free).expect("room");
        let text = must_fail(&mut onto(&site));
        assert!(text.contains("No space left on device"), "{text}");
        assert!(
            text.contains("cannot write the file") || text.contains("cannot create the "),
            "{text}"
        );
        assert!(text.contains(output.to_str().expect("path")), "{text}");
        assert_same(&published(&output), &old, "the old site");
        // Another test's child may hold the file for a moment, and with it what it takes up.
        file.set_len(0).expect("empty");
        fs::remove_file(ballast).expect("removed");
    }
    assert!(onto(&site).status().expect("newsgen runs").success());
    assert_same(&published(&output), &new, "repaired");
    Ok(())
}

pub(crate) fn unwritable_output_folder_is_an_error() -> Result<(), Missing> {
    let disk = Mount::new("size=8m")?;
    let output = disk.path("public");
    let site = Site::new("");
    put(&site, Version::Old);
    assert!(newsgen(&site).arg("-o").arg(&output).status().expect("newsgen runs").success());
    let old = published(&output);
    put(&site, Version::New);
    disk.remount("ro");
    let text = must_fail(newsgen(&site).arg("-o").arg(&output));
    assert!(
        text.contains("Read-only file system") && text.contains(output.to_str().expect("path")),
        "{text}"
    );
    assert!(text.contains("cannot "), "{text}");
    assert_same(&published(&output), &old, "the old site");
    disk.remount("rw");
    assert!(newsgen(&site).arg("-o").arg(&output).status().expect("newsgen runs").success());
    assert_same(&published(&output), &clean(&site), "repaired");
    Ok(())
}

/// A disk on which case does not matter, and which knows even seconds only.
struct CaselessDisk(TempDir);

impl CaselessDisk {
    fn new() -> Result<Self, Missing> {
        let folder = tempfile::tempdir().expect("folder");
        let (image, disk) = (folder.path().join("image"), folder.path().join("disk"));
        fs::create_dir(&disk).expect("folder");
        fs::File::create(&image).and_then(|file| file.set_len(64 << 20)).expect("image");
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let run = |command: &mut Command| command.env("PATH", &path).output();
        let made =
            run(Command::new("mkfs.vfat").arg(&image)).map_err(|_| Missing::Tool("mkfs.vfat"))?;
        assert!(made.status.success(), "{made:?}");
        let mounted = run(Command::new("fusefat").args(["-o", "rw+"]).arg(&image).arg(&disk))
            .map_err(|_| Missing::Tool("fusefat"))?;
        if mounted.status.success() {
            return Ok(Self(folder));
        }
        Err(Missing::Condition("permission to use FUSE"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("disk")
    }
}

impl Drop for CaselessDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

pub(crate) fn builds_on_case_insensitive_fs() -> Result<(), Missing> {
    let disk = CaselessDisk::new()?;
    let output = disk.path().join("public");
    let site = three_articles();
    let onto = |site: &Site| {
        let result =
            newsgen(site).args(["--force", "-o"]).arg(&output).output().expect("newsgen runs");
        assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
        published(&output)
    };
    // This driver loses what is in a folder that is moved, as a build moves them into an empty
    // folder.
    fs::create_dir(&output).expect("folder");
    fs::write(output.join("notes"), "not newsgen's").expect("file");
    site.write("static/notes", "newsgen's");
    site.write("static/Logo.txt", "one");
    site.write("content/a.md", article("a", "2026-01-01", "slug: Reuters\n"));
    assert_same(&onto(&site), &clean(&site), "the first build");
    fs::rename(site.path("static/Logo.txt"), site.path("static/logo.txt")).expect("renamed");
    site.write("content/a.md", article("a", "2026-01-01", "slug: reuters\n"));
    assert_same(&onto(&site), &clean(&site), "other cases");
    site.write("content/c.md", article("c", "2026-01-01", "slug: REUTERS\n"));
    let text = must_fail(newsgen(&site).arg("-o").arg(&output));
    assert!(text.contains("content/a.md") && text.contains("content/c.md"), "{text}");
    Ok(())
}
