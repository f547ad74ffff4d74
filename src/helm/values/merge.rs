//! Lays one value tree over another as Helm does with value files: maps merge, everything else replaces, null stays.

use std::sync::Arc;

use crate::yaml::Data;

/// Lays `over` on `base`. Both are maps; what does not change stays shared.
pub(crate) fn merge_maps(base: Data, over: &Data) -> Data {
    let (Data::Map(mut base), Data::Map(over)) = (base, over) else { return over.clone() };
    if base.is_empty() {
        return Data::Map(Arc::clone(over));
    }
    if over.is_empty() {
        return Data::Map(base);
    }
    let map = Arc::make_mut(&mut base);
    for (key, value) in over.iter() {
        match (map.get_mut(key), value) {
            (Some(slot @ Data::Map(_)), Data::Map(_)) => {
                let below = std::mem::take(slot);
                *slot = merge_maps(below, value);
            }
            (Some(slot), _) => *slot = value.clone(),
            (None, _) => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
    Data::Map(base)
}
