using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Lint;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Which database a project's migrations are for: what is said of a statement is another thing in each.</summary>
internal static class MigrationDialect
{
    private static readonly ConditionalWeakTable<Compilation, StrongBox<LintDialect?>> s_known = new();

    private static readonly (string Call, string Assembly, LintDialect? Dialect)[] s_kinds =
    [
        ("UsePostgreSql", "Npgsql", PostgreSqlLint.Instance),
        ("UseSqlite", "Microsoft.Data.Sqlite", SqliteLint.Instance),
        // Nobody has written down yet what its statements do.
        ("UseMySql", "MySqlConnector", null),
    ];

    /// <summary>Whether a folder of this name holds scripts for one kind of database.</summary>
    public static bool IsKind(string? folder) => folder?.ToUpperInvariant() is "POSTGRESQL" or "SQLITE" or "MYSQL";

    /// <summary>The one that somebody has set; <see langword="null"/> when nothing is, or none of that name.</summary>
    public static LintDialect? Named(string? name) =>
        name?.ToUpperInvariant() switch
        {
            "POSTGRESQL" => PostgreSqlLint.Instance,
            "SQLITE" => SqliteLint.Instance,
            _ => null,
        };

    /// <summary>
    /// The one whose driver alone the project has, or else the one that the code names; <see langword="null"/> when that are several or
    /// none.
    /// </summary>
    public static LintDialect? Of(Compilation compilation, CancellationToken cancellationToken) =>
        s_known.TryGetValue(compilation, out var known)
            ? known.Value
            : s_known.GetValue(compilation, c => new StrongBox<LintDialect?>(Find(c, cancellationToken))).Value;

    private static LintDialect? Find(Compilation compilation, CancellationToken cancellationToken)
    {
        // Names of references cost nothing; calls cost a look into each file.
        var referred = s_kinds
            .Where(kind => compilation.ReferencedAssemblyNames.Any(a => a.Name.Equals(kind.Assembly, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        if (referred.Count == 1)
        {
            return referred[0].Dialect;
        }

        var called = s_kinds.Where(kind => SourceSearch.Calls(compilation, kind.Call, cancellationToken).Any()).ToList();
        return called.Count == 1 ? called[0].Dialect : null;
    }
}
