using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Benchmarks.Tools;

/// <summary>Something that migrates a database from a folder of scripts, as its documentation shows it.</summary>
internal abstract class Contestant
{
    internal abstract string Name { get; }

    /// <summary>What its users have done before it runs: nobody's time.</summary>
    internal virtual void Prepare(string scripts) { }

    /// <summary>Brings the database to what the folder holds.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    internal abstract Task RunAsync(Place place);

    internal static readonly IReadOnlyList<Contestant> All = [new Bare(), new Ours(), new DbUpTool(), new FluentMigratorTool(), new EvolveTool(), new EfTool()];
}

/// <summary>Where a contestant works.</summary>
/// <param name="IsPostgreSql">Whether the database is PostgreSQL's; otherwise SQLite's.</param>
/// <param name="ConnectionString">Its connection string.</param>
/// <param name="Scripts">The folder of scripts, named 0001_table.sql; those of Evolve lie below it, named V1__table.sql.</param>
/// <param name="Root">A folder for whatever else somebody needs.</param>
internal sealed record Place(bool IsPostgreSql, string ConnectionString, string Scripts, string Root)
{
    internal DbConnection Connect() => IsPostgreSql ? new NpgsqlConnection(ConnectionString) : new SqliteConnection(ConnectionString);
}
