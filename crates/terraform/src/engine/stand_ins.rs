use std::rc::Rc;

use super::Engine;
use crate::address::Address;
use crate::origin::{Origin, Place};
use crate::outside::StandIn;
use crate::standing::Standing;
use crate::syntax::Block;
use crate::unknown::{Cause, Reference};
use crate::value::Value;

impl Engine<'_> {
    /// The stand-in for the source of a folder.
    pub(super) fn stand_in(&self, folder: &str) -> Option<StandIn> {
        if let Some(known) = self.stand_ins.borrow().get(folder) {
            return known.clone();
        }
        let found = self.outside.stand_in(folder);
        let mut all = self.stand_ins.borrow_mut();
        all.insert(folder.to_owned(), found.clone());
        found
    }

    pub(super) fn standing(&self, module: usize) -> Option<Rc<Standing>> {
        self.modules.get(module)?.standing.clone()
    }

    /// What a module called here stands at, when its folder is that of a stand-in.
    pub(super) fn standing_of_call(
        &self,
        module: usize,
        block: &Block,
        folder: &str,
    ) -> Option<Rc<Standing>> {
        let stand_in = self.stand_in(folder)?;
        self.standing(module).or_else(|| {
            Some(Rc::new(Standing {
                place: block.place(),
                title: stand_in.title,
            }))
        })
    }

    /// The place of a block as the user knows it.
    pub(super) fn place_of(&self, module: usize, block: &Block) -> Place {
        match self.standing(module) {
            Some(standing) => standing.place.clone(),
            None => block.place(),
        }
    }

    pub(super) fn origin_of(&self, module: usize, block: &Block) -> Origin {
        Origin::at(self.place_of(module, block))
    }

    /// The origin of a block that a `dynamic` one makes: in a stand-in, where the caller wrote what it is made of.
    pub(super) fn origin_of_round(&self, module: usize, block: &Block, value: &Value) -> Origin {
        let own = self.origin_of(module, block);
        let written = value.origin().filter(|origin| {
            let is_object = value.entries().is_some();
            is_object && origin.place != own.place && self.standing(module).is_some()
        });
        written.cloned().unwrap_or(own)
    }

    /// Why there may be more attributes than a stand-in writes.
    pub(super) fn unwritten(&self, module: usize, address: &Address) -> Option<Cause> {
        self.standing(module)?;
        Some(Cause::Module(Reference {
            target: address.clone(),
            path: Vec::new(),
        }))
    }

    /// Never the text of a stand-in: the first call of it.
    pub(super) fn shown(&self, place: Place) -> Place {
        let folder = place.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut modules = self.modules.iter();
        let of_call = modules.find_map(|module| {
            let standing = module.standing.as_ref()?;
            (module.declared.folder.as_ref() == folder).then(|| standing.place.clone())
        });
        of_call.unwrap_or(place)
    }
}
