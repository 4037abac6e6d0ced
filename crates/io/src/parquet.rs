//! Tables as Parquet, which pandas, polars and Arrow read.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use crate::atomic::{self, Staged};
use crate::error::{WriteError, WriteFault};
use crate::table::{Cells, Column};

/// Writes columns of equal length as Parquet, and returns a file that appears under its name when it is finished. The same
/// columns give the same bytes. `made_by` is written into the file as its maker.
///
/// ```
/// use nirkit_io::parquet::stage_parquet;
/// use nirkit_io::table::{Cells, Column};
///
/// let accuracy = Cells::Real(vec![Some(0.5), None]);
/// let column = Column { name: "accuracy".to_owned(), cells: accuracy };
/// let folder = tempfile::tempdir()?;
/// stage_parquet(folder.path().join("table.parquet"), &[column], "nirkit")?.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Columns of different lengths, a file that cannot be written.
pub fn stage_parquet(
    path: impl AsRef<Path>,
    columns: &[Column],
    made_by: &str,
) -> Result<Staged, WriteError> {
    let path = path.as_ref();
    let bytes = parquet_of(columns, made_by);
    let bytes = bytes.map_err(|error| {
        let fault = WriteFault::Io(std::io::Error::other(error.to_string()));
        fault.at("").of_file(path)
    })?;
    let staged = atomic::stage::<WriteFault>(path, |out| Ok(out.write_all(&bytes)?));
    staged.map_err(|fault| fault.at("").of_file(path))
}

/// The bytes of a Parquet file: one group of rows, not compressed.
fn parquet_of(columns: &[Column], made_by: &str) -> Result<Vec<u8>, ParquetError> {
    let rows = columns.first().map_or(0, |column| column.cells.len());
    if let Some(other) = columns.iter().find(|column| column.cells.len() != rows) {
        let (name, cells) = (&other.name, other.cells.len());
        let message = format!("the column `{name}` has {cells} cells, the first has {rows}");
        return Err(ParquetError::General(message));
    }
    let fields = columns.iter().map(field).collect::<Result<Vec<TypePtr>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_created_by(made_by.to_owned()).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(to) = group.next_column()? else { break };
        match &column.cells {
            Cells::Text(cells) => {
                write::<ByteArrayType, _>(to, cells, |text| ByteArray::from(text.as_str()))
            }
            Cells::Integer(cells) => write::<Int64Type, _>(to, cells, |&number| number),
            Cells::Real(cells) => write::<DoubleType, _>(to, cells, |&number| number),
        }?;
    }
    group.close()?;
    writer.into_inner()
}

/// The type of a column. Each cell may be without a value.
fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column.cells {
        Cells::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Cells::Integer(_) => (Physical::INT64, None),
        Cells::Real(_) => (Physical::DOUBLE, None),
    };
    let field = Type::primitive_type_builder(&column.name, physical);
    let field = field.with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    Ok(Arc::new(field.build()?))
}

fn write<T: DataType, C>(
    mut to: SerializedColumnWriter<'_>,
    cells: &[Option<C>],
    value: impl Fn(&C) -> T::T,
) -> Result<(), ParquetError> {
    let values: Vec<T::T> = cells.iter().flatten().map(value).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    to.typed::<T>().write_batch(&values, Some(&levels), None)?;
    to.close()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn columns() -> [Column; 3] {
        let column = |name: &str, cells| Column { name: name.to_owned(), cells };
        [
            column(
                "graph",
                Cells::Text(vec![Some("a, \"b\"".to_owned()), None, Some("é".to_owned())]),
            ),
            column("samples", Cells::Integer(vec![None, Some(i64::MAX), Some(0)])),
            column("accuracy", Cells::Real(vec![Some(0.1), None, Some(1.0)])),
        ]
    }

    #[test]
    fn cells_are_read_back_with_their_types() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        stage_parquet(&path, &columns(), "nirkit test").unwrap().finish().unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        assert_eq!(reader.metadata().file_metadata().created_by(), Some("nirkit test"));
        let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
        let rows: Vec<Vec<Field>> = rows
            .map(|row| row.get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        let text = |text: &str| Field::Str(text.to_owned());
        assert_eq!(rows[0], [text("a, \"b\""), Field::Null, Field::Double(0.1)]);
        assert_eq!(rows[1], [Field::Null, Field::Long(i64::MAX), Field::Null]);
        assert_eq!(rows[2], [text("é"), Field::Long(0), Field::Double(1.0)]);
    }

    #[test]
    fn equal_columns_give_equal_bytes_and_unequal_lengths_are_refused() {
        assert_eq!(parquet_of(&columns(), "a").unwrap(), parquet_of(&columns(), "a").unwrap());
        let mut columns = columns();
        columns[1].cells = Cells::Integer(vec![None]);
        let said = parquet_of(&columns, "a").unwrap_err().to_string();
        assert!(said.contains("`samples` has 1 cells, the first has 3"), "{said}");
        assert!(parquet_of(&[], "a").is_ok());
    }
}
