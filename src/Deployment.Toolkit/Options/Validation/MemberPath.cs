using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options.Binding;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Validation;

/// <summary>Turns the path of a member in code into the key that sets it: <c>Items[2].Name</c> is <c>Items:2:Name</c>.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal static class MemberPath
{
    internal static string KeyOf(Type options, string section, string path)
    {
        var key = section;
        Type? type = options;
        foreach (
            var segment in path.Replace("[", ":", StringComparison.Ordinal)
                .Replace("]", "", StringComparison.Ordinal)
                .Split(['.', ':'], StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var name = segment;
            if (type is not null && CollectionShape.Of(type) is { } collection)
            {
                type = collection.Element;
            }
            else if (type is not null && !ScalarReader.IsScalar(type))
            {
                var member = OptionsShape
                    .Of(type)
                    .Members.FirstOrDefault(member => string.Equals(member.Name, segment, StringComparison.OrdinalIgnoreCase));
                name = member?.Key ?? segment;
                type = member?.Type;
            }

            key = key.Length == 0 ? name : ConfigurationPath.Combine(key, name);
        }

        return key;
    }
}
