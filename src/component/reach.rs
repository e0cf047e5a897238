//! Reachability: which sites a path of routers and links leads to.
//!
//! One mesh for every place from which somebody looks (the internet, or a site) and each part of the design that hangs together. Its points
//! are the internet, the sites whose network is described and their routers; a point is live while a closed path leads to it from there. A
//! site whose network is not described is always reached, and reaches others as the internet does.

use super::link::{Carries, Link, Uplink};
use super::router::Router;
use crate::kernel::{NodeId, Reading};
use crate::model::{EntityId, Input, Lowering, Model, Ref, Viewpoint};
use std::collections::{BTreeMap, BTreeSet};

/// Whether anything of a network is described in the part of the design to which something belongs.
pub(super) fn is_described(model: &Model, me: EntityId) -> bool {
    let mut routers = model.all::<Router>().map(|(id, _)| id);
    let mut links = model.all::<Link>().map(|(id, _)| id);
    let mut uplinks = model.all::<Uplink>().map(|(id, _)| id);
    let is_near = |id| model.hang_together(me, id);
    routers.any(is_near) || links.any(is_near) || uplinks.any(is_near)
}

/// The sites whose network is described, each with the thing of it that speaks for it: a router, else a link that ends there.
pub fn networked(model: &Model) -> BTreeMap<EntityId, EntityId> {
    let mut sites = BTreeMap::new();
    for (id, _) in model.all::<Router>() {
        sites.entry(model.site(id)).or_insert(id);
    }
    let links = model.all::<Link>();
    let links = links.flat_map(|(id, link)| link.between.iter().map(move |end| (end, id)));
    let uplinks = model.all::<Uplink>().map(|(id, uplink)| (&uplink.from, id));
    for (end, id) in links.chain(uplinks) {
        sites.entry(model.site(model.resolve(end))).or_insert(id);
    }
    sites
}

fn is_networked(low: &mut Lowering<'_>, site: EntityId) -> bool {
    let model = low.model;
    let networked = low.views.networked.get_or_insert_with(|| networked(model));
    networked.contains_key(&site)
}

/// What says whether a site is reached from somewhere; `None` where it always is.
pub(super) fn reach(low: &mut Lowering<'_>, from: Viewpoint, site: EntityId) -> Option<Input> {
    let (from, to) = match from {
        Viewpoint::Inside => return None,
        Viewpoint::Site(here) if here == site => return None,
        Viewpoint::Outside => (Viewpoint::Outside, site),
        Viewpoint::Site(here) => match (is_networked(low, here), is_networked(low, site)) {
            (true, true) => (from, site),
            (true, false) => (Viewpoint::Outside, here),
            (false, _) => (Viewpoint::Outside, site),
        },
    };
    if !is_networked(low, to) {
        return None;
    }
    let first = networked_near(low, to).next();
    let (first, _) = first.expect("a networked site hangs together with itself");
    if !low.views.reached.contains_key(&(from, first)) {
        let sites = networked_near(low, to).collect();
        let points = mesh(low, from, &sites);
        low.views.reached.insert((from, first), points);
    }
    Some((low.views.reached[&(from, first)][&to], Reading::Flag))
}

/// The sites whose network is described in the part of the design to which something belongs, each with what speaks for it: what does not hang
/// together shares no mesh.
fn networked_near<'l>(
    low: &'l mut Lowering<'_>,
    me: EntityId,
) -> impl Iterator<Item = (EntityId, EntityId)> + use<'l> {
    let model = low.model;
    let all = low.views.networked.get_or_insert_with(|| networked(model));
    let all = all.iter().map(|(&site, &speaks)| (site, speaks));
    all.filter(move |&(site, _)| model.hang_together(me, site))
}

/// Declares the mesh of what is reached from somewhere. Its points of sites are returned.
fn mesh(
    low: &mut Lowering<'_>,
    from: Viewpoint,
    sites: &BTreeMap<EntityId, EntityId>,
) -> BTreeMap<EntityId, NodeId> {
    let model = low.model;
    let begins = match from {
        Viewpoint::Site(site) => Some(site),
        Viewpoint::Inside | Viewpoint::Outside => None,
    };
    let whence = words(model, from);
    let speaks = begins.map_or_else(
        || *sites.values().next().expect("a network is described"),
        |site| sites[&site],
    );
    let (name, tag) = low.part(speaks, &format!("mesh-from{whence}"));
    let mesh = low.net.mesh(name, tag);
    let mut site_points = BTreeMap::new();
    for (&site, &speaks) in sites {
        let part = format!("reached-from{whence}/{}", model.entity(site).id);
        let (name, tag) = low.part(speaks, &part);
        let point = low.net.mesh_point(mesh, name, tag, None);
        if begins != Some(site) {
            // What leads through a site that is lost leads nowhere.
            let sound = low.of(site).sound.expect("a site says whether it is sound");
            low.net.mesh_stands(mesh, point, sound, Reading::Flag);
        }
        site_points.insert(site, point);
    }
    let mut points = site_points.clone();
    let is_near = |id: EntityId| model.hang_together(id, speaks);
    for (id, _) in model.all::<Router>().filter(|&(id, _)| is_near(id)) {
        let (name, tag) = low.part(id, &format!("itself-from{whence}"));
        let point = low.net.mesh_point(mesh, name, tag, None);
        let (out, reading) = works(low, id);
        low.net.mesh_stands(mesh, point, out, reading);
        low.net
            .mesh_connection(mesh, point, site_points[&model.site(id)], (out, reading));
        points.insert(id, point);
    }
    let point_of = |end: &Ref| points[&model.resolve(end)];
    for (id, link) in model.all::<Link>().filter(|&(id, _)| is_near(id)) {
        let closed = works(low, id);
        let [one, other] = link.between.each_ref().map(point_of);
        low.net.mesh_connection(mesh, one, other, closed);
    }
    let (name, tag) = low.part(speaks, &format!("internet-from{whence}"));
    let internet = low.net.mesh_point(mesh, name, tag, None);
    for (id, uplink) in model.all::<Uplink>().filter(|&(id, _)| is_near(id)) {
        if begins.is_none() || uplink.carries == Carries::All {
            let closed = works(low, id);
            low.net
                .mesh_connection(mesh, point_of(&uplink.from), internet, closed);
        }
    }
    let here = low.unit(speaks, &format!("here-from{whence}"));
    let begins_at = begins.map_or(internet, |site| site_points[&site]);
    low.net.mesh_source(mesh, begins_at, here, Reading::Flag, 1);
    site_points
}

/// A place from which somebody looks, in names of parts.
pub(super) fn words(model: &Model, from: Viewpoint) -> String {
    match from {
        Viewpoint::Inside => "-inside".to_owned(),
        Viewpoint::Outside => "-outside".to_owned(),
        Viewpoint::Site(site) => format!("/{}", model.entity(site).id),
    }
}

fn works(low: &Lowering<'_>, id: EntityId) -> Input {
    low.of(id)
        .out
        .expect("what is part of a network says whether it works")
}

/// Whether a site is reached from somewhere while all works.
pub(super) fn is_ever_reached(model: &Model, from: Viewpoint, site: EntityId) -> bool {
    let sites = networked(model);
    let begins = match from {
        Viewpoint::Inside => return true,
        Viewpoint::Outside => None,
        Viewpoint::Site(here) => sites.contains_key(&here).then_some(here),
    };
    let ends = sites.contains_key(&site).then_some(site);
    let end = |end: &Ref| Some(model.site(model.resolve(end)));
    let links = model
        .all::<Link>()
        .map(|(_, link)| link.between.each_ref().map(end));
    let is_between_sites = begins.is_some() && ends.is_some();
    let uplinks = model.all::<Uplink>();
    let uplinks = uplinks.filter(|(_, uplink)| !is_between_sites || uplink.carries == Carries::All);
    let uplinks = uplinks.map(|(_, uplink)| [end(&uplink.from), None]);
    let joined: Vec<[Option<EntityId>; 2]> = links.chain(uplinks).collect();
    let (mut seen, mut open) = (BTreeSet::from([begins]), vec![begins]);
    while let Some(here) = open.pop() {
        for &[one, other] in &joined {
            for (near, far) in [(one, other), (other, one)] {
                if near == here && seen.insert(far) {
                    open.push(far);
                }
            }
        }
    }
    seen.contains(&ends)
}
