using System.Text;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.DotEnv;

namespace Deployment.Toolkit.Tests.Configuration.DotEnv;

/// <summary>Texts read as a file named <c>.env</c>, in a process that has only the variables given.</summary>
internal static class DotEnvFile
{
    internal static ConfigurationTable Read(string text, bool isStrict = false, params (string Name, string Value)[] process) => Read(Encoding.UTF8.GetBytes(text), isStrict, process);

    internal static ConfigurationTable Read(byte[] content, bool isStrict = false, params (string Name, string Value)[] process) =>
        DotEnvTable.Read(".env", content, isStrict, name => process.FirstOrDefault(pair => pair.Name == name).Value);

    /// <summary>The values in one line, for theories: <c>A=1|B=2</c>, with line ends as <c>⏎</c>.</summary>
    internal static string Values(string text, params (string Name, string Value)[] process) =>
        string.Join('|', Read(text, false, process).Values.Values.Select(static value => $"{value.Key}={value.Value}")).Replace("\n", "⏎", StringComparison.Ordinal);
}
