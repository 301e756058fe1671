using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>Records are written by the serializer and read by hand: a member that only one of them knows would be lost without a word.</summary>
public sealed class RecordDataTests
{
    public static TheoryData<string> Kinds => [.. Readers.Select(static reader => reader.ReturnType.Name)];

    private static IEnumerable<MethodInfo> Readers => typeof(RecordData)
        .GetMethods(BindingFlags.NonPublic | BindingFlags.Static)
        .Where(static method => method.ReturnType.Name == method.Name && method.GetParameters() is [{ ParameterType: var data }] && data == typeof(JsonElement) && JournalJson.Default.GetTypeInfo(method.ReturnType) is not null && method.IsAssembly);

    [Fact]
    public void Every_kind_of_record_that_is_read_is_looked_at_here() =>
        Assert.Superset(
            new HashSet<string>(["LockTaken", "RunPlanned", "StepIntent", "StepNoted", "StepResult", "StepResolved", "RunResumed", "RunEnded", "ReleaseVerified", "ReleaseHeld", "HoldReleased", "SecretsEpoch", "DatabaseTakenOver", "BackupsPruned", "KeptHead"]),
            Readers.Select(static reader => reader.Name).ToHashSet());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_written_is_read_whole(string kind)
    {
        var reader = Reader(kind);
        var written = Json(Filled(reader.ReturnType));

        Assert.Equal(written, Json(Read(reader, written)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_must_be_there_and_is_missing_or_null_makes_it_unreadable_as_it_does_for_the_serializer(string kind)
    {
        var reader = Reader(kind);
        var whole = (JsonObject)JsonNode.Parse(Json(Filled(reader.ReturnType)))!;
        foreach (var (path, changed) in Without(whole))
        {
            var bySerializer = Throws(() => JsonSerializer.Deserialize(changed, JournalJson.Default.GetTypeInfo(reader.ReturnType)!));
            var byHand = Throws(() => Read(reader, changed));
            Assert.True(bySerializer == byHand, $"{kind} without {path}: the serializer {(bySerializer ? "refuses" : "takes")} it, {nameof(RecordData)} does not do the same.");
        }
    }

    // Each member, at any depth, once left out and once of the wrong type.
    private static IEnumerable<(string Path, string Json)> Without(JsonObject whole)
    {
        foreach (var path in Paths(whole, []))
        {
            var copy = whole.DeepClone();
            var parent = (JsonObject)path[..^1].Aggregate(copy, static (node, step) => (step is int index ? node[index] : node[(string)step])!);
            parent.Remove((string)path[^1]);
            // One that may be null is not written then, which the serializer takes for missing.
            if (path[^1] is not "journal") yield return (string.Join('.', path), copy.ToJsonString());
            parent[(string)path[^1]] = new JsonObject { ["not"] = new JsonArray(new JsonArray()) };
            yield return (string.Join('.', path) + " of another type", copy.ToJsonString());
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] to)
    {
        if (node is JsonArray array)
        {
            foreach (var below in Enumerable.Range(0, array.Count).SelectMany(i => Paths(array[i], [.. to, i]))) yield return below;
        }

        if (node is not JsonObject members) yield break;

        foreach (var (name, value) in members)
        {
            // Names of settings and data are anybody's.
            if (!name.StartsWith("filled", StringComparison.Ordinal)) yield return [.. to, name];
            foreach (var below in Paths(value, [.. to, name])) yield return below;
        }
    }

    private static MethodInfo Reader(string kind) => Readers.Single(reader => reader.Name == kind);

    private static object Read(MethodInfo reader, string json)
    {
        using var document = JsonDocument.Parse(json);
        return reader.CreateDelegate<Func<JsonElement, object>>()(document.RootElement);
    }

    private static bool Throws(Func<object?> read) => Record.Exception(read) switch
    {
        null => false,
        JsonException or InvalidOperationException or FormatException => true,
        var other => throw new InvalidOperationException("Nothing else is caught by whoever reads records.", other),
    };

    private static string Json(object value) => JsonSerializer.Serialize(value, JournalJson.Default.GetTypeInfo(value.GetType())!);

    // Nothing as it would be if nobody had read it.
    private static object Filled(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "filled";
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return 7;
        if (type == typeof(long)) return 8L;
        if (type == typeof(double)) return 1.5;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 11, 21, 5, 35, 43, TimeSpan.Zero);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(1)!;
        if (type == typeof(IReadOnlyDictionary<string, string>)) return new Dictionary<string, string> { ["filled key"] = "filled value" };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GetGenericArguments()))!;
            list.Add(Filled(type.GetGenericArguments()[0]));
            return list;
        }

        var constructor = type.GetConstructors().MaxBy(static constructor => constructor.GetParameters().Length)!;
        var filled = constructor.Invoke([.. constructor.GetParameters().Select(static parameter => Filled(parameter.ParameterType))]);
        foreach (var property in type.GetProperties().Where(static property => property.CanWrite)) property.SetValue(filled, property.PropertyType == typeof(bool) && property.Name == nameof(PlannedStep.IsRequired) ? false : Filled(property.PropertyType));
        return filled;
    }
}
