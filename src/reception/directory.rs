use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Business, BusinessId, PhoneNumber};

/// The businesses by their lines.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    by_id: BTreeMap<BusinessId, Arc<Business>>,
    by_line: BTreeMap<PhoneNumber, BusinessId>,
}

impl Directory {
    /// Lists the businesses; configuration has made sure that no two share a line.
    pub fn new(businesses: impl IntoIterator<Item = Business>) -> Self {
        let mut directory = Self::default();
        for business in businesses {
            for line in &business.numbers {
                directory.by_line.insert(line.clone(), business.id.clone());
            }
            directory.by_id.insert(business.id.clone(), Arc::new(business));
        }
        directory
    }

    /// The business of the first of these lines that is anybody's.
    pub fn find<'a>(
        &self,
        lines: impl IntoIterator<Item = Option<&'a PhoneNumber>>,
    ) -> Option<Arc<Business>> {
        lines.into_iter().flatten().find_map(|line| self.by_line.get(line)).and_then(|id| self.get(id))
    }

    /// The business of that id.
    pub fn get(&self, id: &BusinessId) -> Option<Arc<Business>> {
        self.by_id.get(id).cloned()
    }

    /// All businesses.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Business>> {
        self.by_id.values()
    }
}
