using System.Collections;
using System.Linq.Expressions;
using System.Reflection;

namespace Deployment.Toolkit.Options.Validation;

/// <summary>Reads <c>o => o.Provider.Url</c>: the path, and the value without compiling anything.</summary>
internal static class MemberExpressions
{
    internal static string PathOf<TOptions>(Expression<Func<TOptions, object?>> member) =>
        string.Join('.', Properties(member).Select(static property => property.Name));

    internal static Type TypeOf<TOptions>(Expression<Func<TOptions, object?>> member) => Properties(member)[^1].PropertyType;

    internal static Func<TOptions, object?> ReaderOf<TOptions>(Expression<Func<TOptions, object?>> member)
    {
        var properties = Properties(member);
        return options =>
        {
            object? value = options;
            foreach (var property in properties)
            {
                if (value is null)
                    return null;
                value = property.GetValue(value);
            }

            return value;
        };
    }

    internal static bool IsEmpty(object? value) =>
        value switch
        {
            null => true,
            string text => string.IsNullOrWhiteSpace(text),
            Secret secret => secret.IsEmpty,
            ICollection collection => collection.Count == 0,
            _ => false,
        };

    private static List<PropertyInfo> Properties<TOptions>(Expression<Func<TOptions, object?>> member)
    {
        var properties = new List<PropertyInfo>();
        var at = member.Body is UnaryExpression { NodeType: ExpressionType.Convert } boxed ? boxed.Operand : member.Body;
        while (at is MemberExpression { Member: PropertyInfo property } access)
        {
            properties.Insert(0, property);
            at = access.Expression;
        }

        return at is ParameterExpression && properties.Count > 0
            ? properties
            : throw new ArgumentException($"'{member}' is no path of properties. Write one such as o => o.Provider.Url.", nameof(member));
    }
}
