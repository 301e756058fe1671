using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1006: a key that stands twice, be it in another case: the app fails as it reads the file.</summary>
public sealed class DuplicateKeyAnalyzer : SettingsRule
{
    internal const string Id = "DTK1006";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A key stands twice",
        "Key '{0}' stands already in line {1} as '{2}'. Keys compare without case, and the app fails at its start: leave one out.",
        Rules.Configuration,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "The reader of JSON settings throws when a key has a value already, though JSON itself tells letters' case apart.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) =>
        from duplicate in file.Duplicates
        let line = file.Text.Lines.GetLineFromPosition(duplicate.First.Start).LineNumber + 1
        select new Finding(
            Descriptor,
            file,
            duplicate.Again,
            duplicate.Setting.Path,
            [duplicate.Name, line.ToString(CultureInfo.InvariantCulture), duplicate.Setting.Property?.Name ?? duplicate.Setting.Name]
        )
        {
            Related = [file.Locate(duplicate.First)],
        };
}
