using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options;

/// <summary>
/// Takes variables for keys of the app's options as other platforms spell them: <c>CONTENT_MAX_ITEMS</c> is <c>Content:MaxItems</c>. Only
/// keys that are known can be meant, and a variable that could mean two sets neither. It lies below the variables that name their key
/// exactly.
/// </summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class RelaxedVariables(OwnedSections owned) : TableProvider, IConfigurationSource
{
    private const int DeepestLevel = 8;

    private readonly Lock _gate = new();
    private int _known = -1;
    private ConfigurationTable _table = ConfigurationTable.Empty(SourceName);

    private const string SourceName = "environment variables";

    internal override SourceKind Kind => SourceKind.EnvironmentVariables;

    /// <summary>What the variables set, by the options that are registered by now.</summary>
    internal override ConfigurationTable Current
    {
        get
        {
            lock (_gate)
            {
                // Options may be registered after the variables are asked for.
                if (_known != owned.Registrations.Count)
                    Take();
                return _table;
            }
        }
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        lock (_gate)
            _known = -1;
    }

    public override bool TryGet(string key, out string? value)
    {
        var isSet = Current.Values.TryGetValue(key, out var found);
        value = found?.Value;
        return isSet;
    }

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        Current.ChildrenOf(parentPath).Concat(earlierKeys).Order(Comparer<string>.Create(ConfigurationKeyComparer.Instance.Compare));

    public override string ToString() => SourceName;

    private void Take()
    {
        _known = owned.Registrations.Count;
        var keys = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var registration in owned.Registrations)
            Collect(registration.Type, registration.Section, keys, registration, []);

        var values = new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<DeploymentMessage>();
        foreach (var (name, value) in ProcessEnvironment.All().OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!IsRelaxed(name) || !keys.TryGetValue(Plain(name), out var meant))
                continue;

            if (meant.Count > 1)
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.VariableAmbiguous,
                        $"Environment variable {name} could mean {string.Join(" or ", meant)}, and sets neither. Write "
                            + $"{string.Join(" or ", meant.Select(ProcessEnvironment.NameOf))}.",
                        MessageSeverity.Warning
                    )
                    {
                        Key = meant[0],
                    }
                );
            }
            else
            {
                values[meant[0]] = new TableValue(meant[0], value, 0, 0) { Variable = name };
            }
        }

        _table = new ConfigurationTable(
            SourceName,
            values,
            new Dictionary<string, TableContainer>(StringComparer.OrdinalIgnoreCase),
            faults
        );
    }

    private static void Collect(
        Type type,
        string key,
        Dictionary<string, List<string>> keys,
        OptionsRegistration registration,
        HashSet<Type> open
    )
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (CollectionShape.Of(type) is not null)
            return;

        if (ScalarReader.IsScalar(type))
        {
            if (!keys.TryGetValue(Plain(key), out var meant))
                keys[Plain(key)] = meant = [];
            if (!meant.Contains(key, StringComparer.OrdinalIgnoreCase))
                meant.Add(key);
            return;
        }

        if (open.Count >= DeepestLevel || FrameworkTypes.Contains(type) || !open.Add(type))
            return;

        foreach (var member in OptionsShape.Of(type).Members)
        {
            var memberKey = ConfigurationPath.Combine(key, member.Key);
            var isOneValue = (member.SingleOrMany ?? registration.SingleOrMany(memberKey)) is not null;
            Collect(isOneValue ? typeof(string) : member.Type, memberKey, keys, registration, open);
        }

        open.Remove(type);
    }

    // One with the exact separator is .NET's own.
    private static bool IsRelaxed(string name) =>
        name.Contains('_', StringComparison.Ordinal)
        && !name.Contains("__", StringComparison.Ordinal)
        && !name.Contains(':', StringComparison.Ordinal);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
