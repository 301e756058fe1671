using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Serves a settings file. When the file changes into something that cannot be read, or goes away, what it last held stays in use and
/// <see cref="Rejected"/> says why: .NET's own provider forgets every value of a file that it meets half written.
/// </summary>
internal sealed class FileTableProvider : ConfigurationProvider, IDisposable
{
    // A file that is written again and again is read at least this often.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly FileTableSource _source;
    private readonly Lock _gate = new();
    private readonly IDisposable? _watch;
    private readonly Timer? _timer;
    private long? _firstChange;
    private bool _loaded;
    private bool _wasThere;
    private volatile IReadOnlyList<DeploymentMessage> _rejected = [];
    private volatile ConfigurationTable _current;

    internal FileTableProvider(FileTableSource source)
    {
        _source = source;
        _current = ConfigurationTable.Empty(source.Path);
        if (!source.ReloadOnChange)
            return;

        _timer = new Timer(static state => ((FileTableProvider)state!).Load(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watch = ChangeToken.OnChange(() => source.Files.Watch(source.Path), Postpone);
    }

    internal SourceKind Kind => _source.Kind;

    /// <summary>What the file holds, or last held. Everything that is asked within one call is answered from the same table.</summary>
    internal ConfigurationTable Current => _current;

    /// <summary>What is wrong with the file now, though <see cref="Current"/> is still good.</summary>
    internal IReadOnlyList<DeploymentMessage> Rejected => _rejected;

    internal FileTableSource Source => _source;

    /// <summary>Where the file is or would be.</summary>
    internal string FullPath => _source.Files.GetFileInfo(_source.Path).PhysicalPath ?? _source.Path;

    public override void Load()
    {
        lock (_gate)
        {
            _firstChange = null;
            var table = Read(_source.Files.GetFileInfo(_source.Path));
            if (table.IsWhole)
            {
                _current = table;
                _rejected = [];
            }
            else
            {
                // At start there is nothing better: what could be read is served, and the faults refuse the start.
                if (!_loaded)
                    _current = table;
                _rejected = table.Faults;
            }

            _loaded = true;
        }

        OnReload();
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _timer?.Dispose();
    }

    // A value that code sets through IConfiguration lies above the source's own, as with every other provider.
    internal ICollection<KeyValuePair<string, string?>> SetByCode => Data;

    public override bool TryGet(string key, out string? value)
    {
        if (Data.Count > 0 && base.TryGet(key, out value))
            return true;

        var found = Current.Values.TryGetValue(key, out var entry);
        value = entry?.Value;
        return found;
    }

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        // The base class looks at every key that code has set; there are few.
        return base.GetChildKeys(Current.ChildrenOf(parentPath).Concat(earlierKeys), parentPath);
    }

    public override string ToString() => Current.Source;

    // Editors and copies write a file in several steps; each puts the reading off a little.
    private void Postpone()
    {
        lock (_gate)
        {
            var now = System.Environment.TickCount64;
            _firstChange ??= now;
            var left = LongestWait - TimeSpan.FromMilliseconds(now - _firstChange.Value);
            _timer!.Change(
                left < _source.ReloadDelay ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : _source.ReloadDelay,
                Timeout.InfiniteTimeSpan
            );
        }
    }

    private ConfigurationTable Read(IFileInfo file)
    {
        try
        {
            if (file.Exists)
            {
                using var stream = file.CreateReadStream();
                using var content = new MemoryStream();
                stream.CopyTo(content);
                _wasThere = true;
                return _source.Reader(_source.Path, content.ToArray());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault($"{_source.Path} cannot be read: {e.Message.TrimEnd('.')}. Give the app the right to read it, or remove it.");
        }

        if (_wasThere)
            return Fault($"{_source.Path} has gone; what it last held stays in use. Put it back, or restart the app to go on without it.");
        return _source.Optional
            ? ConfigurationTable.Empty(_source.Path)
            : Fault($"{_source.Path} is not there and is not optional. Add it to the content root.");
    }

    private ConfigurationTable Fault(string text) =>
        ConfigurationTable.Empty(_source.Path, new DeploymentMessage(Codes.ConfigurationMalformed, text) { File = _source.Path });
}
