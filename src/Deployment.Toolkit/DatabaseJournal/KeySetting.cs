using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>The setting that holds a journal's key.</summary>
internal sealed class KeySetting(IServiceProvider services, string key)
{
    internal string Title => $"setting {key}";

    /// <exception cref="DeploymentException">There is none, or it is no key.</exception>
    internal string Read()
    {
        var text = SettingReader.Read(services, key)?.Trim();
        return text is { Length: 2 * JournalKey.Bytes } && text.All(char.IsAsciiHexDigit)
            ? text.ToLowerInvariant()
            : throw DeploymentException.Refused(
                Codes.JournalKeyMissing,
                $"Setting {key} {(text is null ? "is not there" : "is no key of a journal")}. Nothing was changed. Put "
                    + $"{2 * JournalKey.Bytes} hexadecimal digits there, for example by a secret of which 'secret://name' is the "
                    + "reference; 'openssl rand -hex 32' makes some."
            );
    }
}
