#pragma warning disable CA1822 // Members of options are not static, whatever they read.
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

/// <summary>Shapes that an options member can have, bound by .NET's binder and by this one from the same file.</summary>
public sealed class BinderParityTests : IDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { IncludeFields = true };

    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    /// <summary>Whatever .NET's binder binds is bound alike.</summary>
    [Theory]
    [InlineData(typeof(P), """{ "A": 1 }""")]
    [InlineData(typeof(P), "null")]
    [InlineData(typeof(SP), """{ "A": 1 }""")]
    [InlineData(typeof(SP?), """{ "A": 1 }""")]
    [InlineData(typeof(SP?), "null")]
    [InlineData(typeof(RS), """{ "A": 1, "B": "x" }""")]
    [InlineData(typeof(RS?), """{ "A": 1, "B": "x" }""")]
    [InlineData(typeof(RP), """{ "Name": "n", "P": null }""")]
    [InlineData(typeof(RP), """{ "Name": "n", "P": { "A": 4 } }""")]
    [InlineData(typeof(RP), """{ "Name": "n" }""")]
    [InlineData(typeof(DefaultedRecord), """{ "Name": "n" }""")]
    [InlineData(typeof(DefaultedClass), """{ "Mark": "r" }""")]
    [InlineData(typeof(Primary), """{ "Color": "red", "Length": 3 }""")]
    [InlineData(typeof(SemiImmutable), """{ "Color": "red", "Length": 3, "Thickness": 1.5 }""")]
    [InlineData(typeof(CtorAndInit), """{ "Color": "red", "Length": 3 }""")]
    [InlineData(typeof(Derived), """{ "Virtual": "v", "Base": 2 }""")]
    [InlineData(typeof(Holder<int>), """{ "V": 2 }""")]
    [InlineData(typeof(NestedStructs), """{ "ReadWrite": { "Text": "t", "Deep": { "Number": 2 } }, "Maybe": { "Text": "m" } }""")]
    [InlineData(typeof(SelfReference), """{ "Text": "a", "Next": { "Text": "b" }, "All": [{ "Text": "c" }] }""")]
    [InlineData(typeof(Tree), """{ "a": { "b": { } , "c": { "d": { } } } }""")]
    [InlineData(typeof(DefaultedObjects), """{ "Shared": { "Url": "u" }, "Named": { "a": { "Url": "v" } } }""")]
    [InlineData(typeof(Tuple<int, string>), """{ "Item1": 1, "Item2": "b" }""")]
    [InlineData(typeof(int[]), "[1, 2]")]
    [InlineData(typeof(int[]), "[]")]
    [InlineData(typeof(int?[]), "[1, 2]")]
    [InlineData(typeof(int[][]), "[[1], [2, 3]]")]
    [InlineData(typeof(P[]), """[{ "A": 1 }, { "A": 2 }]""")]
    [InlineData(typeof(List<P>), """[null, { "A": 1 }]""")]
    [InlineData(typeof(byte[]), "[1, 2]")]
    [InlineData(typeof(byte[]), "\"AQI=\"")]
    [InlineData(typeof(List<int>), "[1, 2]")]
    [InlineData(typeof(List<List<int>>), "[[1], [2]]")]
    [InlineData(typeof(List<SP?>), """[{ "A": 1 }]""")]
    [InlineData(typeof(IList<int>), "[1, 2]")]
    [InlineData(typeof(ICollection<int>), "[1, 2]")]
    [InlineData(typeof(IEnumerable<int>), "[1, 2]")]
    [InlineData(typeof(IReadOnlyList<int>), "[1, 2]")]
    [InlineData(typeof(IReadOnlyCollection<int>), "[1, 2]")]
    [InlineData(typeof(ISet<string>), """["a", "b", "a"]""")]
    [InlineData(typeof(IReadOnlySet<string>), """["a", "b"]""")]
    [InlineData(typeof(HashSet<DayOfWeek>), """["Monday"]""")]
    [InlineData(typeof(SortedSet<int>), "[2, 1]")]
    [InlineData(typeof(LinkedList<int>), "[2, 1]")]
    [InlineData(typeof(Collection<int>), "[2, 1]")]
    [InlineData(typeof(ObservableCollection<int>), "[2, 1]")]
    [InlineData(typeof(OwnList), """["a", "b"]""")]
    [InlineData(typeof(Dictionary<string, int>), """{ "a": 1, "b": 2 }""")]
    [InlineData(typeof(IDictionary<string, int>), """{ "a": 1 }""")]
    [InlineData(typeof(IReadOnlyDictionary<string, int>), """{ "a": 1 }""")]
    [InlineData(typeof(SortedDictionary<string, int>), """{ "b": 1, "a": 2 }""")]
    [InlineData(typeof(SortedList<string, int>), """{ "b": 1, "a": 2 }""")]
    [InlineData(typeof(ConcurrentDictionary<string, int>), """{ "a": 1 }""")]
    [InlineData(typeof(Dictionary<DayOfWeek, P>), """{ "Monday": { "A": 2 } }""")]
    [InlineData(typeof(Dictionary<int, List<string>>), """{ "1": ["a"] }""")]
    [InlineData(typeof(Dictionary<string, Dictionary<string, int>>), """{ "a": { "b": 1 } }""")]
    [InlineData(typeof(Dictionary<string, P[]>), """{ "a": [{ "A": 1 }] }""")]
    [InlineData(typeof(Dictionary<string, P>), """{ "a": null }""")]
    [InlineData(typeof(OwnDictionary), """{ "a": 1 }""")]
    [InlineData(typeof(object), "\"5\"")]
    [InlineData(typeof(bool), "true")]
    [InlineData(typeof(char), "\"c\"")]
    [InlineData(typeof(double), "1.5")]
    [InlineData(typeof(decimal), "1.5")]
    [InlineData(typeof(Half), "1.5")]
    [InlineData(typeof(Int128), "15")]
    [InlineData(typeof(UInt128), "15")]
    [InlineData(typeof(DateTime), "\"2030-01-31T12:00:00\"")]
    [InlineData(typeof(DateTimeOffset), "\"2030-01-31T12:00:00Z\"")]
    [InlineData(typeof(DateOnly), "\"2030-01-31\"")]
    [InlineData(typeof(TimeOnly), "\"13:30:00\"")]
    [InlineData(typeof(Guid), "\"1f8b3f2e-0c3b-4c46-8d9f-6b1c5d5c1c11\"")]
    [InlineData(typeof(Uri), "\"https://example.org/\"")]
    [InlineData(typeof(Version), "\"1.2.3\"")]
    [InlineData(typeof(DayOfWeek?), "\"\"")]
    [InlineData(typeof(int?), "\"\"")]
    [InlineData(typeof(int?), "null")]
    [InlineData(typeof(string), "\"\"")]
    [InlineData(typeof(string), "null")]
    public void What_dotnet_binds_is_bound_alike(Type member, string json) => Call(nameof(BindAlike), member, json);

    /// <summary>What .NET's binder leaves empty or stops at, and is bound here.</summary>
    [Theory]
    [InlineData(typeof(ReadOnlyCollection<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(FrozenSet<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(ImmutableSortedSet<int>), "[2, 1]", "[1,2]")]
    [InlineData(typeof(ImmutableList<int>), "[2, 1]", "[2,1]")]
    [InlineData(typeof(ImmutableArray<int>), "[2, 1]", "[2,1]")]
    [InlineData(typeof(ImmutableArray<int>?), "[2, 1]", "[2,1]")]
    [InlineData(typeof(ImmutableHashSet<int>), "[1]", "[1]")]
    [InlineData(typeof(IImmutableSet<int>), "[1]", "[1]")]
    [InlineData(typeof(IImmutableList<int>), "[1]", "[1]")]
    [InlineData(typeof(ImmutableQueue<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(Queue<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(Stack<int>), "[1, 2]", "[2,1]")]
    [InlineData(typeof(ConcurrentQueue<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(ConcurrentBag<int>), "[1]", "[1]")]
    [InlineData(typeof(ReadOnlySet<int>), "[1]", "[1]")]
    [InlineData(typeof(ArraySegment<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(ArraySegment<int>?), "[1, 2]", "[1,2]")]
    [InlineData(typeof(ReadOnlyMemory<int>), "[1, 2]", "[1,2]")]
    [InlineData(typeof(FrozenDictionary<string, int>), """{ "a": 1 }""", """{"a":1}""")]
    [InlineData(typeof(ReadOnlyDictionary<string, int>), """{ "a": 1 }""", """{"a":1}""")]
    [InlineData(typeof(ImmutableDictionary<string, int>), """{ "a": 1 }""", """{"a":1}""")]
    [InlineData(typeof(IImmutableDictionary<string, int>), """{ "a": 1 }""", """{"a":1}""")]
    [InlineData(typeof(ImmutableSortedDictionary<string, int>), """{ "b": 1, "a": 2 }""", """{"a":2,"b":1}""")]
    [InlineData(typeof(OrderedDictionary<string, int>), """{ "b": 1, "a": 2 }""", """{"b":1,"a":2}""")]
    [InlineData(typeof((int, string)), """{ "Item1": 1, "Item2": "b" }""", """{"Item1":1,"Item2":"b"}""")]
    [InlineData(typeof((int, string)?), """{ "Item1": 1, "Item2": "b" }""", """{"Item1":1,"Item2":"b"}""")]
    [InlineData(typeof(KeyValuePair<string, int>), """{ "Key": "k", "Value": 2 }""", """{"Key":"k","Value":2}""")]
    [InlineData(typeof(CtorList), """{ "Instances": ["a", "b"] }""", """{"Instances":["a","b"]}""")]
    [InlineData(typeof(CtorSettableList), """{ "Instances": ["a", "b"] }""", """{"Instances":["a","b"]}""")]
    [InlineData(typeof(CtorInterfaceList), """{ "Instances": ["a", "b"] }""", """{"Instances":["a","b"]}""")]
    [InlineData(typeof(ParamsList), """{ "Instances": ["a", "b"] }""", """{"Instances":["a","b"]}""")]
    [InlineData(typeof(DefaultedImmutable), """{ "Point": { "X": 5 } }""", """{"Point":{"X":5,"Y":2}}""")]
    public void More_is_bound_than_dotnet_binds(Type member, string json, string expected) => Call(nameof(BindAs), member, json, expected);

    /// <summary>What nobody can bind is one fault with its key, and never an exception out of the binder.</summary>
    [Theory]
    [InlineData(typeof(int[,]), "[[1], [2]]")]
    [InlineData(typeof(Func<int>), """{ "Target": 1 }""")]
    [InlineData(typeof(Func<int>), "\"x\"")]
    [InlineData(typeof(Type), "\"System.Int32\"")]
    [InlineData(typeof(System.Text.Encoding), "\"utf-8\"")]
    [InlineData(typeof(IDisposable), """{ "A": 1 }""")]
    [InlineData(typeof(IDisposable), "\"x\"")]
    [InlineData(typeof(NoConstructor), """{ "A": 1 }""")]
    [InlineData(typeof(ManyConstructors), """{ "A": 1 }""")]
    [InlineData(typeof(ThrowsWhenMade), """{ "A": 1 }""")]
    [InlineData(typeof(ThrowsInSetter), """{ "A": 1 }""")]
    [InlineData(typeof(RefParameter), """{ "A": 1 }""")]
    [InlineData(typeof(SP), "null")]
    [InlineData(typeof(int), "null")]
    [InlineData(typeof(System.Net.IPAddress), "\"1.2.3.4\"")]
    [InlineData(typeof(ILookup<string, int>), """{ "a": 1 }""")]
    [InlineData(typeof(BlockingCollection<int>), "[1]")]
    [InlineData(typeof(ThrowingConverter), "\"x\"")]
    [InlineData(typeof(ThrowingList), "[1]")]
    [InlineData(typeof(ReadOnlyHeld), """{ "Items": ["a"] }""")]
    [InlineData(typeof(PrivateSet), """{ "A": 1 }""")]
    [InlineData(typeof(List<int>), "5")]
    [InlineData(typeof(Dictionary<string, int>), "5")]
    [InlineData(typeof(P), "5")]
    public void What_cannot_be_bound_is_one_fault(Type member, string json) => Call(nameof(OneFault), member, json);

    [Fact]
    public void Null_over_a_lower_layer_is_null()
    {
        _app.Write("appsettings.json", """{ "S": { "V": { "A": 1 } } }""");
        _app.Write("appsettings.Production.json", """{ "S": { "V": null } }""");
        Assert.Null(_app.Bind<Holder<P>>("S").V);
        Assert.Null(_app.Bind<HolderWithDefault>("S").V);
        Assert.Null(_app.Bind<HolderRecord>("S").V);
    }

    [Fact]
    public void An_object_over_a_null_is_the_object_alone()
    {
        _app.Write("appsettings.json", """{ "S": { "V": null } }""");
        _app.Write("appsettings.Production.json", """{ "S": { "V": { "A": 3 } } }""");
        Assert.Equal(3, _app.Bind<Holder<P>>("S").V!.A);
        Assert.Equal(3, _app.Bind<HolderRecord>("S").V!.A);
    }

    [Fact]
    public void An_empty_object_is_an_object()
    {
        _app.Write("appsettings.json", """{ "S": { "V": { } } }""");
        Assert.Equal(0, _app.Bind<Holder<P>>("S").V!.A);
    }

    private void Call(string method, Type member, params object[] arguments) =>
        typeof(BinderParityTests).GetMethod(method, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(member)
            .Invoke(this, System.Reflection.BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture);

    private void BindAlike<T>(string json)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "V": {{json}} } }""");
        var plain = _app.BindPlainly<Holder<T>>("S") ?? new Holder<T>();
        Assert.Equal(JsonSerializer.Serialize(plain.V, Plain), JsonSerializer.Serialize(_app.Bind<Holder<T>>("S").V, Plain));
    }

    private void BindAs<T>(string json, string expected)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "V": {{json}} } }""");
        Assert.NotEqual(expected, Plainly<T>());
        Assert.Equal(expected, JsonSerializer.Serialize(_app.Bind<Holder<T>>("S").V, Plain));
    }

    private void OneFault<T>(string json)
    {
        _app.Write("appsettings.json", $$"""{ "S": { "V": {{json}} } }""");
        var fault = Assert.Single(_app.Faults<Holder<T>>("S"));
        Assert.StartsWith("S:V", fault.Key, StringComparison.Ordinal);
        Assert.Equal("appsettings.json", fault.File);
        Assert.True(fault.Code is "DTK1001" or "DTK1002", fault.ToString());
    }

    private string Plainly<T>()
    {
        try
        {
            return JsonSerializer.Serialize((_app.BindPlainly<Holder<T>>("S") ?? new Holder<T>()).V, Plain);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException)
        {
            return e.GetType().Name;
        }
    }

    public class Holder<T>
    {
        public T? V { get; set; }
    }

    public sealed class HolderWithDefault
    {
        public P? V { get; set; } = new() { A = 9 };
    }

    public sealed record HolderRecord(P? V = null);

    public sealed class P
    {
        public int A { get; set; }
    }

    public struct SP
    {
        public int A { get; set; }
    }

    public readonly record struct RS(int A, string B);

    public sealed record RP(string? Name, P? P = null);

    public sealed record DefaultedRecord(string Name, int Age = 42, DayOfWeek? Day = DayOfWeek.Friday);

    public sealed class DefaultedClass(string? name = "John", decimal height = 5.5M, char mark = 'q')
    {
        public string? Name { get; } = name;

        public decimal Height { get; } = height;

        public char Mark { get; } = mark;
    }

    public sealed class Primary(string color, int length)
    {
        public string Color { get; } = color;

        public int Length { get; } = length;
    }

    public sealed class SemiImmutable(string color, int length)
    {
        public string Color { get; } = color;

        public int Length { get; } = length;

        public decimal Thickness { get; init; }
    }

    public sealed class CtorAndInit(string color, int length)
    {
        public string FromConstructor { get; } = color;

        public int Length { get; set; } = length;

        public string Color { get; init => field = "the color is " + value; } = color;
    }

    public sealed class CtorList(List<string> instances)
    {
        public List<string> Instances { get; } = instances;
    }

    public sealed class CtorSettableList(List<string> instances)
    {
        public List<string> Instances { get; set; } = instances;
    }

    public sealed class CtorInterfaceList(IList<string> instances)
    {
        public IList<string> Instances { get; } = instances;
    }

    public sealed class ParamsList(params List<string> instances)
    {
        public List<string> Instances { get; } = instances;
    }

    public class Base
    {
        public int BaseNumber { get; set; }

        public virtual string? Virtual { get; set; }
    }

    public sealed class Derived : Base
    {
        [Microsoft.Extensions.Configuration.ConfigurationKeyName("Base")]
        public int Renamed { get; set; }

        public override string? Virtual { get => base.Virtual; set => base.Virtual = "Derived:" + value; }
    }

    public struct NestedStructs
    {
        public Nested ReadWrite { get; set; }

        public Nested? Maybe { get; set; }

        public struct Nested
        {
            public string? Text { get; set; }

            public Deep Deep { get; set; }
        }

        public struct Deep
        {
            public int Number { get; set; }
        }
    }

    public sealed class SelfReference
    {
        public string? Text { get; set; }

        public SelfReference? Next { get; set; }

        public List<SelfReference>? All { get; set; }
    }

    public sealed class Tree : Dictionary<string, Tree>;

    public sealed class Link
    {
        public string? Name { get; set; } = "default";

        public string? Url { get; set; }
    }

    public sealed class DefaultedObjects
    {
        public Link Shared { get; set; } = new() { Name = "kept" };

        public Dictionary<string, Link> Named { get; set; } = new() { ["a"] = new() { Name = "kept" } };
    }

    public sealed class OwnList : List<string>;

    public sealed class OwnDictionary : Dictionary<string, int>;

    public sealed record Point(int X, int Y);

    public sealed class DefaultedImmutable
    {
        public Fixed Point { get; set; } = new(1, 2);
    }

    public sealed class Fixed(int x, int y)
    {
        public int X { get; } = x;

        public int Y { get; } = y;
    }

    public sealed class NoConstructor
    {
        private NoConstructor()
        {
        }

        public int A { get; set; }
    }

    public sealed class ManyConstructors
    {
        public ManyConstructors(int a) => A = a;

        public ManyConstructors(string b, int a) => A = a + b.Length;

        public int A { get; }
    }

    public sealed class ThrowsWhenMade
    {
        public ThrowsWhenMade() => throw new InvalidOperationException("never");

        public int A { get; set; }
    }

    public sealed class ThrowsInSetter
    {
        public int A { get => 0; set => throw new InvalidOperationException("never"); }
    }

    public sealed class RefParameter
    {
        public RefParameter(ref int a) => A = a;

        public int A { get; }
    }

    [System.ComponentModel.TypeConverter(typeof(Broken))]
    public sealed class ThrowingConverter
    {
        public int A { get; set; }

        private sealed class Broken : System.ComponentModel.TypeConverter
        {
            public override bool CanConvertFrom(System.ComponentModel.ITypeDescriptorContext? context, Type sourceType) => throw new NotImplementedException();
        }
    }

    public sealed class ThrowingList : Collection<int>
    {
        protected override void InsertItem(int index, int item) => throw new NotSupportedException("closed");
    }

    public sealed class ReadOnlyHeld
    {
        public IReadOnlyList<string> Items { get; } = ["fixed"];
    }

    public sealed class PrivateSet
    {
        public int A { get; private set; }
    }
}
