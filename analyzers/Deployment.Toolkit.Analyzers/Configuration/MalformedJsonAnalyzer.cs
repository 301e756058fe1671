using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK1008: a settings file that configuration cannot read.</summary>
public sealed class MalformedJsonAnalyzer : SettingsRule
{
    internal const string Id = "DTK1008";

    internal static readonly DiagnosticDescriptor Descriptor = new(
        Id,
        "A settings file is malformed",
        "The file cannot be read: {0}. The app fails at its start.",
        Rules.Configuration,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Comments and one trailing comma are fine; all else must be JSON, with an object at the top.",
        helpLinkUri: Rules.HelpLink(Id)
    );

    internal override DiagnosticDescriptor Rule => Descriptor;

    // The first alone, as the reader stops there: the rest mostly follows from it.
    internal override IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    ) => file.Json.Errors.Take(1).Select(e => new Finding(Descriptor, file, e.Span, "", [e.Message]));
}
