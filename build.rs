//! Gives the program the digest of its sources and of the versions of its libraries: what an
//! earlier program kept is not for this one, which may render pages otherwise.

use std::path::Path;

fn main() {
    let mut salt = Salt(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    for part in ["src", "Cargo.lock", "Cargo.toml"] {
        println!("cargo:rerun-if-changed={part}");
        salt.add(Path::new(part));
    }
    println!("cargo:rustc-env=GALEN_SALT={:032x}", salt.0);
}

/// FNV-1a of 128 bits: nobody is at work to make two programs alike.
struct Salt(u128);

impl Salt {
    #[expect(clippy::disallowed_methods, reason = "the sources of the program are no site")]
    fn add(&mut self, path: &Path) {
        let mut names: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().collect();
        names.sort_by_key(std::fs::DirEntry::file_name);
        for entry in names {
            self.add(&entry.path());
        }
        self.bytes(path.to_string_lossy().as_bytes());
        self.bytes(&std::fs::read(path).unwrap_or_default());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain([&0]) {
            self.0 = (self.0 ^ u128::from(*byte))
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}
