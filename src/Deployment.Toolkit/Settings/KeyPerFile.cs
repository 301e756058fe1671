using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Tells of which file a value comes that <c>AddKeyPerFile</c> of Microsoft.Extensions.Configuration.KeyPerFile read. That package is the
/// app's own and not one of ours, so its provider is known by its name and its folder by what it says of itself; where it says something
/// else, values have no file, and no harm is done.
/// </summary>
internal static class KeyPerFile
{
    private const string Provider = "Microsoft.Extensions.Configuration.KeyPerFile.KeyPerFileConfigurationProvider";

    internal static string? FolderOf(ConfigurationProvider provider)
    {
        if (provider.GetType().FullName != Provider || provider.ToString() is not { } said)
            return null;

        // "KeyPerFileConfigurationProvider for files in '/run/secrets/' (Optional)"
        var (begin, end) = (said.IndexOf('\'', StringComparison.Ordinal), said.LastIndexOf('\''));
        return end > begin + 1 && said[(begin + 1)..end] is var folder && Directory.Exists(folder)
            ? Path.TrimEndingDirectorySeparator(folder)
            : null;
    }

    /// <summary>Looks a key's file up among those that are there now.</summary>
    internal static Func<string, string?> In(string folder)
    {
        var files = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                // The separator of keys can be another than "__": two files of one spelling name none.
                var plain = Plain(Path.GetFileName(path));
                files[plain] = files.ContainsKey(plain) ? null : path;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }

        return key => files.GetValueOrDefault(Plain(key));
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
