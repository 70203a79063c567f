//! How much of a file is read at most; beyond it stands a fault, never an exhausted machine.

/// The bounds of one reading. The size of the file itself is bounded where it is received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Rows below the header. As many as a sheet has, 1,048,576, unless changed.
    pub max_rows: u64,
    /// Columns of the header. 20,000 unless changed.
    pub max_columns: usize,
    /// Rows times columns: a sparse JSON file or sheet has many more cells than bytes. 100,000,000 unless changed.
    pub max_cells: u64,
    /// Bytes of one CSV record, one line of NDJSON or one object of a JSON array. 1 MiB unless changed.
    pub max_line_bytes: usize,
    /// Bytes of one cell. 64 KiB unless changed.
    pub max_cell_bytes: usize,
    /// Observations taken from one file; a wide row holds many. 20,000,000 unless changed.
    pub max_observations: usize,
    /// Faults that are listed, and warnings likewise; those beyond are counted. 250,000 unless changed.
    pub max_faults: usize,
    /// Characters of the code of a city or of the name of an attribute. 64 unless changed.
    pub max_code_chars: usize,
    /// Characters of the name of a city. 200 unless changed.
    pub max_name_chars: usize,
    /// Characters of an attribute of a city. 1,000 unless changed.
    pub max_attribute_chars: usize,
    /// Bytes of a Parquet file's columns after decompression. 2 GiB unless changed.
    pub max_parquet_bytes: u64,
    /// The bounds of a workbook's archive.
    pub archive: ArchiveLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_rows: 1 << 20,
            max_columns: 20_000,
            max_cells: 100_000_000,
            max_line_bytes: 1 << 20,
            max_cell_bytes: 64 << 10,
            max_observations: 20_000_000,
            max_faults: 250_000,
            max_code_chars: 64,
            max_name_chars: 200,
            max_attribute_chars: 1_000,
            max_parquet_bytes: 2 << 30,
            archive: ArchiveLimits::default(),
        }
    }
}

/// What a workbook's archive may hold. Every bound is checked on the bytes as they unpack, not only on
/// the sizes that the archive declares, before anything of it is interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Members of the archive. 2,000 unless changed.
    pub max_entries: usize,
    /// Bytes of all members together, unpacked. 200 MiB unless changed.
    pub max_bytes: u64,
    /// Unpacked over packed size of one member, where it unpacks to more than 1 MiB. 200 unless changed.
    pub max_ratio: u64,
    /// Bytes of the table of shared strings, unpacked. 64 MiB unless changed.
    pub max_shared_strings_bytes: u64,
    /// XML tags in the table of shared strings, four or so per string. 8,000,000 unless changed.
    pub max_shared_strings_tags: u64,
    /// Bytes of the styles, unpacked. 4 MiB unless changed.
    pub max_styles_bytes: u64,
    /// XML tags in the styles. 200,000 unless changed.
    pub max_styles_tags: u64,
    /// Bytes of one XML tag in the styles; every cell format repeats the name of its font. 1 KiB unless changed.
    pub max_styles_tag_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            max_entries: 2_000,
            max_bytes: 200 << 20,
            max_ratio: 200,
            max_shared_strings_bytes: 64 << 20,
            max_shared_strings_tags: 8_000_000,
            max_styles_bytes: 4 << 20,
            max_styles_tags: 200_000,
            max_styles_tag_bytes: 1 << 10,
        }
    }
}
