//! Which addresses may be asked: those of the public web, and no machine beside this one.
//!
//! Content may name any address, and whoever writes content must not be able to make the machine
//! that checks it ask what only that machine can reach. Each connection goes to the very address
//! that was judged here, so that a name cannot mean another one a moment later.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use url::{Host, Url};

/// Finds the addresses of a host.
pub trait Names: Send + Sync + 'static {
    /// Gives the addresses of a host's name.
    fn find(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names that the system knows.
pub(crate) struct System;

impl Names for System {
    fn find(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok((host, 0).to_socket_addrs()?.map(|it| it.ip()).collect())
    }
}

/// Judges addresses.
#[derive(Clone)]
pub struct Guard {
    names: Arc<dyn Names>,
    /// Places that may be asked although they are not public: those of tests.
    allowed: Vec<SocketAddr>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self { names: Arc::new(System), allowed: Vec::new() }
    }
}

/// Why an address is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// For what it is.
    Never(&'static str),
    /// Its host cannot be found now.
    NotFound,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never(why) => why,
            Self::NotFound => "its host cannot be found",
        })
    }
}

impl std::error::Error for Refused {}

impl Guard {
    /// Makes a guard that finds names in another way, and lets some places be asked that are not
    /// public. No option of the command line does that.
    pub fn with(names: Arc<dyn Names>, allowed: Vec<SocketAddr>) -> Self {
        Self { names, allowed }
    }

    /// Judges what an address says by itself; gives its host and port.
    pub(crate) fn look(&self, url: &Url) -> Result<(Host<String>, u16), Refused> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Never("it is no address of the web"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Never("it has a name or a password in it"));
        }
        let host = url.host().ok_or(Refused::Never("it has no host"))?.to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let allowed = self.allowed.iter().any(|it| it.port() == port);
        if !matches!(port, 80 | 443) && !allowed {
            return Err(Refused::Never("it has a port other than those of the web, 80 and 443"));
        }
        Ok((host, port))
    }

    /// Finds the places to which an address leads, all of which may be asked.
    pub(crate) fn places(&self, url: &Url, limit: Duration) -> Result<Vec<SocketAddr>, Refused> {
        let (host, port) = self.look(url)?;
        let found = match host {
            Host::Ipv4(ip) => vec![IpAddr::V4(ip)],
            Host::Ipv6(ip) => vec![IpAddr::V6(ip)],
            Host::Domain(name) => look_up(&self.names, &name, limit).ok_or(Refused::NotFound)?,
        };
        let places: Vec<SocketAddr> =
            found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        if places.is_empty() {
            return Err(Refused::NotFound);
        }
        // One that is not public among others is a trap.
        let fine = |place: &SocketAddr| {
            self.allowed.contains(place) || matches!(port, 80 | 443) && is_public(place.ip())
        };
        match places.iter().all(fine) {
            true => Ok(places),
            false => Err(Refused::Never("it leads to a machine that is not on the public web")),
        }
    }
}

/// Finds the addresses of a host's name, for as long as `limit`: the system has no limit of its own to
/// how long it looks. `None` when it finds none.
pub(crate) fn look_up(names: &Arc<dyn Names>, name: &str, limit: Duration) -> Option<Vec<IpAddr>> {
    let (sender, receiver) = mpsc::channel();
    let (names, name) = (Arc::clone(names), name.to_owned());
    let look = move || sender.send(names.find(&name));
    std::thread::Builder::new().name("names".to_owned()).spawn(look).ok()?;
    receiver.recv_timeout(limit).ok()?.ok()
}

/// Tells whether an address is one of the public web.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// By the registry of special addresses (RFC 6890 and later, as of 2026).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // "This network", private, loopback.
        [0 | 10 | 127, ..] => true,
        // Shared by the customers of a provider.
        [100, 64..=127, ..] => true,
        // Link-local, among them what clouds tell their machines.
        [169, 254, ..] => true,
        [172, 16..=31, ..] | [192, 168, ..] => true,
        // Protocol assignments, documentation, 6to4 relays, AS112.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 31, 196, _] | [192, 52, 193, _] => true,
        [192, 175, 48, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Measurements.
        [198, 18 | 19, ..] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    // Azure's servers for its own machines have a public address.
    !special && ip != Ipv4Addr::new(168, 63, 129, 16)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // An IPv4 address written as IPv6, or behind a translator (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        // 6to4 carries an IPv4 address.
        [0x2002, high, low, ..] => v4(high, low),
        // Protocol assignments, Teredo among them; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Only this part is given out for the public.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_web_may_be_asked() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.1.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
            "fec0::1",
            "5f00::1",
        ] {
            assert!(!is_public(ip(private)), "{private}");
        }
        for public in [
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "2a00:1450::1",
        ] {
            assert!(is_public(ip(public)), "{public}");
        }
    }

    struct Trap;

    impl Names for Trap {
        fn find(&self, host: &str) -> io::Result<Vec<IpAddr>> {
            match host {
                "mixed.example" => {
                    Ok(vec!["8.8.8.8".parse().unwrap(), "127.0.0.1".parse().unwrap()])
                }
                "local.example" => Ok(vec!["::ffff:127.0.0.1".parse().unwrap()]),
                "fine.example" => Ok(vec!["8.8.8.8".parse().unwrap()]),
                _ => Err(io::Error::other("not found")),
            }
        }
    }

    #[test]
    fn addresses_are_judged_as_a_browser_reads_them() {
        let guard = Guard::with(Arc::new(Trap), vec!["127.0.0.1:8123".parse().unwrap()]);
        let places = |url: &str| guard.places(&Url::parse(url).unwrap(), Duration::from_secs(5));
        for bad in [
            "http://127.1/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://mixed.example/",
            "http://local.example/",
            "http://u:p@fine.example/",
            "http://fine.example:22/",
            "ftp://fine.example/",
            "http://fine.example:8123/",
            "http://127.0.0.1:80/",
            "http://１２７.0.0.1/",
            "http://nowhere.example/",
            "http://[::1]:8123/",
        ] {
            assert!(places(bad).is_err(), "{bad}");
        }
        assert_eq!(
            places("https://fine.example/").unwrap(),
            ["8.8.8.8:443".parse::<SocketAddr>().unwrap()]
        );
        assert!(places("http://127.0.0.1:8123/x").is_ok());
    }
}
