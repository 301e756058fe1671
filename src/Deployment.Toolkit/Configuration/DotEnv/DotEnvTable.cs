using Deployment.Toolkit.Configuration.Sources;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Configuration.DotEnv;

/// <summary>Makes a table of a <c>.env</c> file. It never throws for what stands in the file.</summary>
internal static class DotEnvTable
{
    internal static ConfigurationTable Read(string source, byte[] content, bool isStrict, Func<string, string?> process)
    {
        var faults = new List<DeploymentMessage>();
        if (!DotEnvText.TryDecode(content, out var text))
            faults.Add(new DeploymentMessage(Codes.DotEnvUnreadable, $"{source} holds bytes that are no UTF-8. Save it as UTF-8, or as UTF-16 with its mark.") { File = source });

        var entries = DotEnvReader.Read(source, text, isStrict, faults);
        var expanded = new DotEnvExpander(source, entries, process, faults).Expand();
        var values = new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var key = KeyOf(entry.Name);
            if (values.TryGetValue(key, out var earlier) && !IsMadeOfEarlier(entry))
            {
                faults.Add(new DeploymentMessage(
                    Codes.DotEnvDuplicate, $"{source}:{entry.Line}:{entry.Column} sets {key} again; line {earlier.Line} does too, and the last one counts. Remove one.", MessageSeverity.Warning)
                {
                    Key = key,
                    File = source,
                    Line = entry.Line,
                    Column = entry.Column,
                });
            }

            values[key] = new TableValue(key, expanded[i], entry.Line, entry.Column);
        }

        return new ConfigurationTable(source, values, new Dictionary<string, TableContainer>(), faults);
    }

    /// <summary>The configuration key of a variable, as the provider of environment variables makes it.</summary>
    internal static string KeyOf(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    // PATH=$PATH:more is meant.
    private static bool IsMadeOfEarlier(DotEnvEntry entry) =>
        entry.Quote != DotEnvQuote.Single && (entry.Text.Contains("$" + entry.Name, StringComparison.Ordinal) || entry.Text.Contains("${" + entry.Name, StringComparison.Ordinal));
}
