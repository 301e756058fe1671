using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>A tree of files, one a value, as containers get settings and secrets mounted.</summary>
internal sealed class MountedFilesSource(string folder, TimeSpan period) : IConfigurationSource
{
    internal string Folder => folder;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new MountedFilesProvider(folder, period);
}

/// <inheritdoc/>
internal sealed class MountedFilesProvider : TableProvider, IDisposable
{
    private readonly string _folder;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private string _stamp = "";
    private volatile ConfigurationTable _current;
    private volatile IReadOnlyList<DeploymentMessage> _rejected = [];
    private bool _loaded;

    internal MountedFilesProvider(string folder, TimeSpan period)
    {
        _folder = folder;
        _current = ConfigurationTable.Empty(folder);
        _timer = new Timer(static state => ((MountedFilesProvider)state!).Look(), this, period, period);
    }

    internal override SourceKind Kind => SourceKind.MountedFiles;

    /// <summary>What the files hold, or last held when all of them could be read.</summary>
    internal override ConfigurationTable Current => _current;

    internal IReadOnlyList<DeploymentMessage> Rejected => _rejected;

    public override void Load()
    {
        lock (_gate)
        {
            // Before the files are read: a change in between is seen by the next look.
            _stamp = FolderStamp.Of([_folder], isDeep: true);
            var table = MountedFiles.Read(_folder);
            _rejected = table.Faults;
            if (table.IsWhole || !_loaded)
            {
                _current = table;
                Data = table.Values.ToDictionary(
                    static pair => pair.Key,
                    static pair => pair.Value.Value,
                    StringComparer.OrdinalIgnoreCase
                );
            }

            _loaded = true;
        }

        OnReload();
    }

    public void Dispose() => _timer.Dispose();

    public override string ToString() => _folder;

    private void Look()
    {
        if (_stamp != FolderStamp.Of([_folder], isDeep: true))
            Load();
    }
}
