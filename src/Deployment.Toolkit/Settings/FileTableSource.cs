using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;

namespace Deployment.Toolkit.Settings;

/// <summary>A settings file that is read into a table with places, and read again when it changes.</summary>
internal sealed class FileTableSource : IConfigurationSource
{
    internal required IFileProvider Files { get; init; }

    /// <summary>The path below <see cref="Files"/>' root.</summary>
    internal required string Path { get; init; }

    internal required SourceKind Kind { get; init; }

    /// <summary>Makes a table of the file's bytes. Must not throw for what they hold.</summary>
    internal required Func<string, byte[], ConfigurationTable> Reader { get; init; }

    internal bool Optional { get; init; } = true;

    internal bool ReloadOnChange { get; init; } = true;

    /// <summary>
    /// How long the file must be left alone before it is read again. .NET's own providers wait as long, once, from the first change.
    /// </summary>
    internal TimeSpan ReloadDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new FileTableProvider(this);

    /// <summary>The same source over another file.</summary>
    internal FileTableSource At(string path) =>
        new()
        {
            Files = Files,
            Path = path,
            Kind = Kind,
            Reader = Reader,
            Optional = Optional,
            ReloadOnChange = ReloadOnChange,
            ReloadDelay = ReloadDelay,
        };
}
