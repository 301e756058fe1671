using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Options;

/// <summary>
/// The settings that the toolkit reads itself. An app may keep its own beside them, the key of its backups say, so that only what is nearly
/// named like one of them is at fault: it would be set in vain, and a journal lie where nobody meant it to.
/// </summary>
internal static class ToolkitSettings
{
    private const string Section = "Deployment";

    internal static readonly IReadOnlyList<string> Names =
    [
        "AllowEmptySecrets",
        "CommitAuthor",
        "Directory",
        "JournalFileBytes",
        "LockTimeout",
        "Phase",
        "SecretsDirectory",
    ];

    internal static IEnumerable<DeploymentMessage> Misspelled(EffectiveConfiguration configuration, OwnedSections owned)
    {
        foreach (var child in configuration.Root.Find(Section)?.Children ?? [])
        {
            if (
                child.Occurrences.Count == 0
                || Names.Contains(child.Name, StringComparer.OrdinalIgnoreCase)
                || owned.Owns(child.Path)
                || Suggestion.For(child.Name, Names) is not { } meant
            )
                continue;

            var place = configuration.Place(child, LayerMask.All);
            yield return new DeploymentMessage(
                Codes.KeyUnknown,
                $"{child.Path} is set (in {place}), and the toolkit has no such setting. Did you mean '{Section}:{meant}'? Rename or remove "
                    + "the key.",
                // A foreign variable must never keep an app from starting, however much it looks like one of ours.
                configuration.Layers[child.Layers.Strongest].Kind is SourceKind.EnvironmentVariables
                    ? MessageSeverity.Warning
                    : MessageSeverity.Error
            )
            {
                Key = child.Path,
                File = place?.File,
                Line = place?.Line,
                Column = place?.Column,
            };
        }
    }
}
