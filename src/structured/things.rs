//! What a page is about, by the fields that its entry has (docs/schema.md names them).

use tera::Value;

use crate::content::EntryId;
use crate::content::delivery::About;
use crate::content::schema::Collection;
use crate::structured::{Node, Page, put, texts};
use crate::world::{Answer, Question, get, map, text};

/// The days of the week as schema files write them, and as schema.org does.
const DAYS: [(&str, &str); 7] = [
    ("Mo", "Monday"),
    ("Tu", "Tuesday"),
    ("We", "Wednesday"),
    ("Th", "Thursday"),
    ("Fr", "Friday"),
    ("Sa", "Saturday"),
    ("Su", "Sunday"),
];

impl Page<'_> {
    /// Who wrote the page, and who reviewed it.
    pub(crate) fn people(&self, summary: &Value, collection: &Collection, node: &mut Node) {
        if let Some(author) = self.related(summary, collection, "author") {
            node.push(("author", self.mention(&author)));
        }
        let review = &collection.delivery.review;
        let value = |name: &Option<String>| {
            summary.get_from_path(name.as_deref()?)?.as_str().map(str::to_owned)
        };
        let reviewer =
            review.reviewer.as_deref().and_then(|field| self.related(summary, collection, field));
        // Only a review that someone stands for is one.
        if let (Some(last), Some(reviewer)) = (value(&review.last), reviewer) {
            node.push(("lastReviewed", last.into()));
            node.push(("reviewedBy", self.mention(&reviewer)));
        }
    }

    /// What the page is about, or shows.
    pub(crate) fn things(
        &self,
        id: &EntryId,
        collection: &Collection,
        summary: &Value,
        node: &mut Node,
    ) {
        let picture = get(summary, "hero").and_then(|hero| text(hero, "src"));
        let picture = picture.or_else(|| text(summary, "photo"));
        if let Some(image) = picture.and_then(|address| self.image(address)) {
            node.push(("primaryImageOfPage", image));
        }
        let sources: Vec<Value> = get(summary, "references")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(source)
            .collect();
        if !sources.is_empty() {
            node.push(("citation", sources.into()));
        }
        match collection.delivery.about {
            About::Page => (),
            About::Medical => {
                let treatment = self.related(summary, collection, "treatment");
                node.extend(treatment.map(|it| ("about", self.mention(&it))));
            }
            About::Procedure => node.push(("about", map(self.procedure(id, summary)))),
            About::Person => node.push(("mainEntity", map(self.person(id, summary)))),
            About::Clinic => node.push(("mainEntity", map(self.clinic(id, summary)))),
        }
    }

    fn procedure(&self, id: &EntryId, summary: &Value) -> Node {
        let mut node = self.thing(id, summary);
        put(&mut node, "description", text(summary, "description"));
        node
    }

    fn person(&self, id: &EntryId, summary: &Value) -> Node {
        let mut node = self.thing(id, summary);
        put(&mut node, "description", text(summary, "description"));
        put(&mut node, "jobTitle", text(summary, "role"));
        node.extend(
            text(summary, "photo").and_then(|it| self.image(it)).map(|image| ("image", image)),
        );
        node.push(("worksFor", self.reference("organization")));
        let credential = |name: &str| {
            map([
                ("@type", Value::from("EducationalOccupationalCredential")),
                ("name", name.into()),
            ])
        };
        let credentials: Vec<Value> =
            texts(summary, "qualifications").into_iter().map(credential).collect();
        if !credentials.is_empty() {
            node.push(("hasCredential", credentials.into()));
        }
        let registration = get(summary, "registration");
        let number = registration.and_then(|it| Some((text(it, "body")?, text(it, "number")?)));
        if let Some((body, number)) = number.filter(|(body, _)| *body != "none") {
            let identifier = map([
                ("@type", Value::from("PropertyValue")),
                ("propertyID", body.into()),
                ("value", number.into()),
            ]);
            node.push(("identifier", identifier));
        }
        node
    }

    fn clinic(&self, id: &EntryId, summary: &Value) -> Node {
        let mut node = self.thing(id, summary);
        put(&mut node, "description", text(summary, "description"));
        put(&mut node, "telephone", text(summary, "phone"));
        put(&mut node, "email", text(summary, "email"));
        node.extend(
            text(summary, "photo").and_then(|it| self.image(it)).map(|image| ("image", image)),
        );
        if let Some(address) = get(summary, "address") {
            let mut place: Node = vec![("@type", "PostalAddress".into())];
            put(&mut place, "streetAddress", text(address, "street"));
            put(&mut place, "addressLocality", text(address, "locality"));
            put(&mut place, "addressRegion", text(address, "region"));
            put(&mut place, "postalCode", text(address, "postcode"));
            put(&mut place, "addressCountry", text(address, "country"));
            node.push(("address", map(place)));
        }
        if let Some(geo) = get(summary, "geo") {
            let point = get(geo, "lat").zip(get(geo, "lng"));
            node.extend(point.map(|(lat, lng)| {
                let geo = map([
                    ("@type", Value::from("GeoCoordinates")),
                    ("latitude", lat.clone()),
                    ("longitude", lng.clone()),
                ]);
                ("geo", geo)
            }));
        }
        let hours: Vec<Value> = get(summary, "hours")
            .and_then(Value::as_array)
            .unwrap_or_default()
            .iter()
            .filter_map(opening_hours)
            .collect();
        if !hours.is_empty() {
            node.push(("openingHoursSpecification", hours.into()));
        }
        node.push(("parentOrganization", self.reference("organization")));
        node
    }

    /// The thing that an entry is: its type, id, name and page.
    fn thing(&self, id: &EntryId, summary: &Value) -> Node {
        let about = self.world.collection(id).map(|it| it.delivery.about).unwrap_or_default();
        let (kind, name) = match about {
            About::Person => ("Person", "person"),
            About::Clinic => ("MedicalClinic", "clinic"),
            About::Procedure => (procedure_kind(summary), "procedure"),
            About::Page | About::Medical => ("Thing", "thing"),
        };
        let mut node: Node = vec![("@type", kind.into())];
        if let Some(url) = text(summary, "permalink") {
            node.push(("@id", format!("{url}#{name}").into()));
            node.push(("url", url.into()));
        }
        put(&mut node, "name", text(summary, "title"));
        node
    }

    /// A thing that has its own page, told in short.
    fn mention(&self, id: &EntryId) -> Value {
        map(self.thing(id, &self.world.summary(id)))
    }

    /// The published entry that a field relates to.
    fn related(&self, summary: &Value, collection: &Collection, field: &str) -> Option<EntryId> {
        let slug = summary.get_from_path(field)?.as_str()?;
        let id = EntryId { collection: collection.related(field)?.into(), slug: slug.into() };
        self.world.is_published(&id).then_some(id)
    }

    fn image(&self, address: &str) -> Option<Value> {
        let Answer::Value(image) = self.world.ask(&Question::Image(address.to_owned())) else {
            return None;
        };
        let url = format!("{}{}", self.world.config().origin, text(&image, "url")?);
        // Its size is left out: schema.org wants lengths with a unit, and nobody asks for them.
        Some(map([("@type", Value::from("ImageObject")), ("url", url.into())]))
    }
}

fn procedure_kind(summary: &Value) -> &'static str {
    match text(summary, "kind") {
        Some("surgical") => "SurgicalProcedure",
        Some(_) => "TherapeuticProcedure",
        None => "MedicalProcedure",
    }
}

fn source(reference: &Value) -> Option<Value> {
    let mut node: Node = vec![("@type", "CreativeWork".into())];
    put(&mut node, "name", Some(text(reference, "title")?));
    put(&mut node, "url", text(reference, "url"));
    if let Some(publisher) = text(reference, "publisher") {
        let publisher = [("@type", Value::from("Organization")), ("name", publisher.into())];
        node.push(("publisher", map(publisher)));
    }
    if let Some(year) = get(reference, "year") {
        node.push(("datePublished", year.to_string().into()));
    }
    Some(map(node))
}

fn opening_hours(line: &Value) -> Option<Value> {
    let days = texts(line, "days");
    let known = |day: &&str| DAYS.iter().find(|(short, _)| short == day);
    let days: Vec<Value> = days
        .iter()
        .filter_map(known)
        .map(|(_, day)| format!("https://schema.org/{day}").into())
        .collect();
    let (opens, closes) = (text(line, "opens")?, text(line, "closes")?);
    (!days.is_empty()).then(|| {
        map([
            ("@type", Value::from("OpeningHoursSpecification")),
            ("dayOfWeek", days.into()),
            ("opens", opens.into()),
            ("closes", closes.into()),
        ])
    })
}
