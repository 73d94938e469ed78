//! What is declared before a store is opened: its tables, indexes and records, and where it is.

use super::StoreError;
use super::disk::Disk;
use super::divided::{Divided, DividedTable};
use super::durable::{Durable, MOVED_AT};
use super::faults::Faults;
use super::folder::Folder;
use super::handle::{Inner, Store};
use super::index::{Attached, Index};
use super::key::Key;
use super::queue::Queue;
use super::records::{LaterDisk, Records};
use super::row::Row;
use super::table::{AnyTable, Table};
use super::volatile::Volatile;
use super::writer::Writer;
use camino::Utf8PathBuf;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, mpsc};
use tempfile::TempDir;

/// Names of the store's own tables begin with it.
pub(super) const RESERVED: &str = "slipway.";

/// Where a store keeps its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Nowhere but in memory; nothing is kept.
    Memory,
    /// In this folder, which is made when absent.
    Folder(Utf8PathBuf),
}

/// Collects declarations; the handles it gives out work once the store is open.
#[derive(Default)]
pub struct Builder {
    names: Vec<String>,
    tables: Vec<Box<dyn AnyTable>>,
    disk: LaterDisk,
    faults: Option<Faults>,
    moved_at: Option<usize>,
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a table of live rows. The name is its name on disk and never changes.
    pub fn table<K: Key, R: Row>(&mut self, name: impl Into<String>) -> Table<K, R> {
        let name = name.into();
        let table = Table::new(name.clone(), self.declare(name));
        self.tables.push(Box::new(table.clone()));
        table
    }

    /// Declares a table of live rows whose parts have a table of their own on disk, `<name>.parts`.
    pub fn divided<K: Key, R: Divided>(&mut self, name: impl Into<String>) -> DividedTable<K, R> {
        let name = name.into();
        let rows = Table::new(name.clone(), self.declare(name.clone()));
        let parts = self.records(format!("{name}.parts"));
        let table = DividedTable::new(rows, parts);
        self.tables.push(Box::new(table.clone()));
        table
    }

    /// Declares an ordered index: `values` gives a row's places in it, none or many. It must be a pure function.
    pub fn index<I: Key, K: Key, R: Row>(
        &mut self,
        table: &Table<K, R>,
        values: impl Fn(&K, &R) -> Vec<I> + Send + Sync + 'static,
    ) -> Index<I, K> {
        let index = Index::new();
        table.attach(Arc::new(Attached {
            index: index.clone(),
            values,
        }));
        index
    }

    /// Declares a table of records, which live on disk only. The name is its name on disk and never changes.
    pub fn records<K: Key, R: Row>(&mut self, name: impl Into<String>) -> Records<K, R> {
        let name = name.into();
        let id = self.declare(name.clone());
        Records::new(name, id, self.disk.clone())
    }

    /// Lets a test break the disk; see `faults`.
    #[doc(hidden)]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Lets a test see rows move from the journal to the database after so many bytes.
    #[doc(hidden)]
    pub fn moving_at(mut self, bytes: usize) -> Self {
        self.moved_at = Some(bytes);
        self
    }

    /// Locks the folder, checks the format, loads every live table. Errors: `Folder`, `Locked`, `Newer`, `Disk`, `Undecodable`
    /// with table and key, `Declaration`.
    pub fn open(self, location: Location) -> Result<Store, StoreError> {
        self.check_names()?;
        match location {
            Location::Memory => self.open_memory(),
            Location::Folder(path) => self.open_folder(path),
        }
    }

    fn open_memory(self) -> Result<Store, StoreError> {
        let temporary = TempDir::with_prefix("slipway-").map_err(no_temporary)?;
        let path = Utf8PathBuf::from_path_buf(temporary.path().to_owned());
        let path = path.map_err(|_| no_temporary(io::ErrorKind::InvalidFilename.into()))?;
        let instance = new_instance();
        self.start(Arc::<Volatile>::default(), instance, path, Some(temporary))
    }

    fn open_folder(mut self, path: Utf8PathBuf) -> Result<Store, StoreError> {
        let folder = Folder::lock(&path)?;
        let moved_at = self.moved_at.unwrap_or(MOVED_AT);
        let disk = Durable::open(folder, self.faults.take(), moved_at)?;
        let instance = disk.instance().to_owned();
        for table in &self.tables {
            table.load(&disk)?;
        }
        self.start(Arc::new(disk), instance, path, None)
    }

    fn start(
        self,
        disk: Arc<dyn Disk>,
        instance: String,
        folder: Utf8PathBuf,
        temporary: Option<TempDir>,
    ) -> Result<Store, StoreError> {
        // Nobody has set it: the builder is the only one who can, and it is used up.
        let _ = self.disk.set(disk.clone());
        let (sender, queue) = mpsc::channel();
        let writer = Writer {
            queue: Queue::new(queue),
            disk,
            tables: self.tables,
        };
        let thread = std::thread::Builder::new().name("store-writer".into());
        let thread = thread.spawn(move || writer.run());
        let thread = thread.map_err(|error| StoreError::Folder {
            folder: folder.clone(),
            cause: format!("its writer thread cannot be started: {error}"),
        })?;
        let inner = Inner {
            instance,
            folder,
            queue: Some(sender),
            thread: Mutex::new(Some(thread)),
            temporary: Mutex::new(temporary),
        };
        Ok(Store {
            inner: Arc::new(inner),
        })
    }

    fn declare(&mut self, name: String) -> usize {
        self.names.push(name);
        self.names.len()
    }

    fn check_names(&self) -> Result<(), StoreError> {
        let mut seen = BTreeSet::new();
        for name in &self.names {
            if name.starts_with(RESERVED) || !seen.insert(name) {
                return Err(StoreError::Declaration(name.clone()));
            }
        }
        Ok(())
    }
}

/// A short random name, fit for labels.
pub(super) fn new_instance() -> String {
    uuid::Uuid::new_v4().simple().to_string()[..12].to_owned()
}

fn no_temporary(error: io::Error) -> StoreError {
    StoreError::Folder {
        folder: std::env::temp_dir().to_string_lossy().into_owned().into(),
        cause: error.to_string(),
    }
}
