//! The least that any generator does: reads every document once and creates every file of the site,
//! whose bytes it has in memory. Two threads, no parsing, no rendering.
//!
//! `floor CONTENT PUBLIC SCRATCH` reads the documents below CONTENT, writes what a build left in
//! PUBLIC to SCRATCH, which must not exist, and prints the seconds that both took: the shortest of
//! several runs. The first run warms the page cache. PUBLIC is loaded before the clock starts.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "this is not the program that is measured")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, io, thread};

const THREADS: usize = 2;

const RUNS: usize = 4;

fn main() -> io::Result<()> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [content, public, scratch] = folders.as_slice() else {
        return Err(io::Error::other("usage: floor CONTENT PUBLIC SCRATCH"));
    };
    let load = |path: PathBuf| {
        let place = path.strip_prefix(public).map_err(io::Error::other)?.to_owned();
        Ok((place, fs::read(path)?))
    };
    let outputs = list_files(public)?.into_iter().map(load).collect::<io::Result<Vec<_>>>()?;
    let measured = |_| {
        let seconds = run(content, &outputs, scratch)?;
        fs::remove_dir_all(scratch)?;
        Ok(seconds)
    };
    let seconds = (0..RUNS).map(measured).collect::<io::Result<Vec<f64>>>()?;
    println!("{}", seconds.into_iter().fold(f64::INFINITY, f64::min));
    Ok(())
}

/// Reads all documents and writes all files below `scratch`. Returns the seconds that it took.
fn run(content: &Path, outputs: &[(PathBuf, Vec<u8>)], scratch: &Path) -> io::Result<f64> {
    let start = Instant::now();
    let documents = list_files(content)?;
    in_parallel(&documents, |path| fs::read(path).map(|_| ()))?;
    in_parallel(outputs, |(place, bytes)| {
        let place = scratch.join(place);
        fs::write(&place, bytes).or_else(|_| {
            fs::create_dir_all(place.parent().unwrap_or(&place))?;
            fs::write(&place, bytes)
        })
    })?;
    Ok(start.elapsed().as_secs_f64())
}

fn list_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let found = if entry.file_type()?.is_dir() { &mut folders } else { &mut files };
            found.push(entry.path());
        }
    }
    Ok(files)
}

fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) -> io::Result<()> + Sync) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let take = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(item)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(take)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| io::Error::other("a thread panicked"))?)
    })
}
