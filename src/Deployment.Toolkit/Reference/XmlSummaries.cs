using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace Deployment.Toolkit.Reference;

/// <summary>Reads summaries from the XML documentation that the compiler writes beside an assembly, where it does.</summary>
internal sealed class XmlSummaries(string folder)
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> _summaries = [];

    internal string Of(Type type) => Find(type.Assembly, "T:" + NameOf(type));

    internal string Of(MemberInfo member) => Find(member.DeclaringType!.Assembly, $"P:{NameOf(member.DeclaringType!)}.{member.Name}");

    internal string Of(FieldInfo field) => Find(field.DeclaringType!.Assembly, $"F:{NameOf(field.DeclaringType!)}.{field.Name}");

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName?.Replace('+', '.') ?? type.Name;

    private string Find(Assembly assembly, string id)
    {
        if (!_summaries.TryGetValue(assembly, out var summaries))
            _summaries[assembly] = summaries = Read(Path.Combine(folder, assembly.GetName().Name + ".xml"));
        return summaries.GetValueOrDefault(id, "");
    }

    private static Dictionary<string, string> Read(string file)
    {
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var member in File.Exists(file) ? XDocument.Load(file).Descendants("member") : [])
            {
                if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                    summaries[name] = Text(summary);
            }
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            // Without them everything else can still be told.
        }

        return summaries;
    }

    private static string Text(XElement element)
    {
        var words = element
            .Nodes()
            .Select(static node =>
                node switch
                {
                    XText text => text.Value,
                    XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } see => Reference(see),
                    XElement inner => Text(inner),
                    _ => "",
                }
            );
        return string.Join(' ', string.Concat(words).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Reference(XElement see)
    {
        var target = see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? see.Attribute("name")?.Value ?? see.Value;
        return target[(target.LastIndexOf('.') + 1)..];
    }
}
