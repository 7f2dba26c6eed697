//! The store's connection to a server: TLS, restarts, addresses that would give answers away.

use galen::store::{Committed, Filter, Kind, Store};

use crate::store::{Place, data_key, enquiry};

#[test]
fn addresses_that_would_send_answers_in_clear_are_refused() {
    let refused = |address: &str, words: &str| {
        let error = Store::open(address).unwrap_err();
        assert_eq!(error.kind(), Kind::Setting, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    };
    refused("postgres://galen:hunter2@db.example.org/forms?sslmode=disable", "without TLS");
    refused("postgres://galen:hunter2@192.0.2.1/forms?sslmode=disable", "without TLS");
    // One host of several that is elsewhere is enough.
    refused("postgres://galen:hunter2@127.0.0.1,192.0.2.1/forms?sslmode=disable", "without TLS");
    refused("postgres://galen:hunter2@127.0.0.1:port/forms", "the store's address is not");
    refused("postgres://galen:hunter2@/forms", "names no host");
    let roots = "postgres://galen:hunter2@192.0.2.1/forms?sslrootcert=/no/such/file.pem";
    refused(roots, "`/no/such/file.pem` (sslrootcert) is no file of certificates");
}

#[test]
fn a_server_that_is_not_there_is_a_passing_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = format!("postgres://galen:hunter2@127.0.0.1:{port}/forms");
    let error = Store::open(&address).unwrap_err();
    assert_eq!((error.kind(), error.is_passing()), (Kind::Unreachable, true));
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
#[ignore = "needs a server: GALEN_TEST_POSTGRES=postgres://… (.ci/postgres)"]
fn a_connection_that_ends_is_made_again() {
    let place = Place::postgres();
    let mut store = place.open();
    let key = data_key();
    store.commit(&[enquiry(1, &key)]).unwrap();
    let end = || {
        assert_eq!(place.ask("SELECT count(pg_terminate_backend(pid, 5000))"), 1);
    };
    end();
    assert_eq!(store.list(&Filter::default()).unwrap_err().kind(), Kind::Unreachable);
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 1, "the next time it is there");
    end();
    // Nothing of a transaction that has not begun is lost by beginning it again.
    assert_eq!(store.commit(&[enquiry(2, &key)]).unwrap(), [Committed::New]);
    assert_eq!(store.list(&Filter::default()).unwrap().len(), 2);
}

#[test]
#[ignore = "needs a server: GALEN_TEST_POSTGRES=postgres://… (.ci/postgres)"]
fn a_server_is_known_by_its_certificate() {
    let place = Place::postgres();
    let root = std::env::var("GALEN_TEST_POSTGRES_ROOT").expect("GALEN_TEST_POSTGRES_ROOT");
    let with = |more: &str| Store::open(&format!("{}&{more}", place.address()));
    let error = with("sslmode=require").unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.to_string().contains("certificate"), "{error}");
    let mut store = with(&format!("sslmode=require&sslrootcert={root}")).unwrap();
    assert_eq!(store.commit(&[enquiry(1, &data_key())]).unwrap(), [Committed::New]);
    let over_tls =
        "SELECT count(*) FILTER (WHERE (SELECT ssl FROM pg_stat_ssl s WHERE s.pid = a.pid))";
    assert_eq!(place.ask(over_tls), 1);
}
