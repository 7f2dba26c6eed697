//! Which pages were probably meant by an address that does not exist.

/// How many are named.
const MOST: usize = 3;

/// Gives the nearest of the known addresses, the nearest first; none when nothing is near.
pub(crate) fn nearest(path: &str, known: &[String]) -> Vec<String> {
    let typed = path.to_lowercase();
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    let (name, slashed) =
        (last(&typed).unwrap_or_default(), format!("{}/", typed.trim_end_matches('/')));
    let mut near: Vec<(usize, &String)> = known
        .iter()
        .filter_map(|address| {
            let whole = strsim::damerau_levenshtein(&slashed, address);
            if whole <= (typed.chars().count() / 3).max(1) {
                return Some((whole, address));
            }
            // The page may have moved to another folder.
            let own = last(address).filter(|it| !it.is_empty())?;
            let apart = strsim::damerau_levenshtein(&name, &own);
            (apart <= name.chars().count() / 4).then_some((100 + apart, address))
        })
        .collect();
    near.sort();
    near.into_iter().take(MOST).map(|(_, address)| address.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_addresses_are_named() {
        let known =
            ["/", "/guides/", "/guides/smp/", "/guides/beard-transplants/", "/team/a-osei/"];
        let known: Vec<String> = known.map(str::to_owned).to_vec();
        assert_eq!(nearest("/guides/spm/", &known)[0], "/guides/smp/");
        assert_eq!(nearest("/Guides/SMP", &known)[0], "/guides/smp/");
        assert_eq!(
            nearest("/treatments/beard-transplant/", &known),
            ["/guides/beard-transplants/"]
        );
        assert!(nearest("/something-else/", &known).is_empty());
    }
}
