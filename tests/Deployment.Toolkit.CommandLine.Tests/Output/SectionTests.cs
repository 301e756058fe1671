using System.Reflection;
using System.Runtime.CompilerServices;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.CommandLine.Verbs;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

/// <summary>What a verb reports is named by its row in the catalog; its documentation is made from that. That reports hold nothing else, VerbRunner checks in every test.</summary>
public sealed class SectionTests
{
    internal static IReadOnlyList<Type> Kinds { get; } = [.. typeof(ReportSection).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(ReportSection)))];

    private static readonly ILookup<string, string> VerbsByKind = VerbCatalog.Paths
        .SelectMany(static path => VerbCatalog.Create(path).Reports, static (path, key) => (path, key)).ToLookup(static row => row.key, static row => row.path, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Kinds.Select(static kind => kind.Name)];

    [Fact]
    public void Every_kind_has_a_key_of_its_own_and_every_key_in_the_catalog_is_a_kinds() =>
        Assert.Equal(Kinds.Select(KeyOf).Order(StringComparer.Ordinal), VerbsByKind.Select(static verbs => verbs.Key).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kind_is_sealed_and_its_key_is_its_property(string name)
    {
        var kind = Kinds.Single(kind => kind.Name == name);

        Assert.True(kind.IsSealed, kind.Name);
        Assert.Equal(KeyOf(kind), ((ReportSection)RuntimeHelpers.GetUninitializedObject(kind)).Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kind_is_documented_with_the_verbs_whose_rows_name_it(string name)
    {
        var kind = Kinds.Single(kind => kind.Name == name);
        var key = KeyOf(kind);

        var shape = kind.GetCustomAttribute<JsonShapeAttribute>();
        Assert.NotNull(shape);
        Assert.Equal(key, shape.Member.Replace("[]", "", StringComparison.Ordinal));
        Assert.StartsWith(JsonShapeAttribute.Verbs, shape.Holds, StringComparison.Ordinal);
    }

    private static string KeyOf(Type kind) => Assert.IsType<string>(kind.GetField("Key", BindingFlags.Static | BindingFlags.NonPublic)?.GetRawConstantValue());
}
