using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells folders of this product's migrations from those of other tools, whose scripts have other names and no way back.</summary>
internal static class MigrationConvention
{
    private static readonly string[] s_others = ["dbup-core", "Evolve", "FluentMigrator", "FluentMigrator.Abstractions", "Roundhouse",
        "grate"];

    public static bool IsFollowed(IReadOnlyList<MigrationFile> folder, Compilation compilation, CancellationToken cancellationToken) =>
        folder.Any(f => f.Version.Length > 0) &&
        !compilation.ReferencedAssemblyNames.Any(a => s_others.Contains(a.Name, StringComparer.OrdinalIgnoreCase)) &&
        (folder.Any(f => f.IsDown) || SourceSearch.Calls(compilation, "AddMigrations", cancellationToken).Any());
}
