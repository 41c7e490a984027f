//! How long the parts take of which a build consists.

fn main() {
    divan::main();
}
